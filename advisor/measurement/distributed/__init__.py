"""Training in several processes on torch's own engine: started, followed and compared with one."""
