# The pages, and by another command a scheduler or a worker of Dask: see compose.yaml.
FROM python:3.11.11-slim-bookworm AS build

WORKDIR /mmc
RUN python -m venv /opt/mmc
ENV PATH=/opt/mmc/bin:$PATH
# Before the code, so that a change of code does not install everything again.
COPY .ci/requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN pip install --no-cache-dir --no-deps .


FROM python:3.11.11-slim-bookworm

RUN useradd --create-home --uid 1000 --user-group mmc \
    && mkdir /music \
    && install -d -o mmc -g mmc /home/mmc/.cache /home/mmc/.local/share
COPY --from=build /opt/mmc /opt/mmc
ENV PATH=/opt/mmc/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 1000:1000
WORKDIR /home/mmc
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://localhost:8501/_stcore/health', timeout=4)"]
CMD ["mmc", "app", "--network"]
