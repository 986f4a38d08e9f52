"""How much of what is written next stands in what was retrieved, beside other ways to retrieve it.

At places drawn by a seed a file is cut after a line. Of the next line and the next five (blank lines not counted), the
identifiers are looked for that are in no comment and no string, are no keywords and do not stand in the file before
the cursor, as far as it fits into the prompt. Recall is the share of them that occur in the retrieved context. All that
is retrieved is written and counted in the same way, cut at the same number of tokens, and never of the file itself.
"""
