"""What all pages share: layout, caches, widgets, parts that update by themselves."""
