"""Files that are damaged, forged or made to harm, and what becomes of them."""
