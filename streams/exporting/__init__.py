"""What Prometheus scrapes: the series, the snapshot that they show, the probes."""
