"""Models of the hub: asked for, downloaded, checked, found again and removed.

The hub's own client does the asking, the redirects, the retries and the cache's layout.
It keeps nothing of a file that was interrupted (it downloads to a name that it never uses
again) and compares no checksum over plain HTTP: both are done here.
"""

import os

# The client reads this once, when it is imported: what else is installed on this machine
# is not told to the hub.
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
