"""The judgement of recordings before they are sent: facts of all files in, Problems out."""
