"""sitewalk: upload 360° site walkthroughs to Evercam from YAML manifests."""
