"""The HTTP side: FastAPI under uvicorn, in the same loop as everything else."""
