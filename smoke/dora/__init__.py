"""The four keys of DevOps Research and Assessment (DORA), from the deployments that gates recorded."""
