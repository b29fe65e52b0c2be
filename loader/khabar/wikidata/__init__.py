"""Links to Wikidata: candidates with reasons, links that are checked, drafts for what it lacks."""
