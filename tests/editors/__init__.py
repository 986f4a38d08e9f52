"""The editors themselves, with the real server: started, typed into and looked at."""
