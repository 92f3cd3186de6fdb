"""What stands in a Datadog account for us: monitors, dashboards and Synthetics tests, made from YAML."""
