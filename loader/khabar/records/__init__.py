"""Records at rest in bulk: JSON Lines and Parquet, in the schema of the YAML."""
