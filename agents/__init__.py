"""What Vigie computes: values in, values out; no Faust, Kafka, clock, environment or IO."""
