"""The domain of Éclore: catalogue, ingestion, base, territories, statistics, tableaux de bord."""
