"""HumanEval-Infilling (Bavarian et al., arXiv 2207.14255) through this server's own path.

A task is a prefix, a suffix and the middle that was taken out of a solved HumanEval
problem; an answer passes if the program with it passes the problem's tests. Greedy, one
answer for each task, as in the Code Llama paper (arXiv 2308.12950, table 14). Prompts are
built by :func:`lsp_server.prompt.plan.plan`, in each layout, and asked for in two forms:

"paper": exactly the benchmark's prefix and suffix, nothing cut, and all that the model
says until it ends by itself. Comparable to the paper's figures.

"as shown": what the user of an editor would see. The cursor stands where the middle was,
and where the middle ends with a line end, that stays in the file: it is the empty line
that one types on. The settings' defaults say how much the model sees and may say, our stop
rules end the answer and our filters decide what of it is shown; the program is the file
with that accepted. What takes several suggestions fails here, and what the model says too
much does no harm.

An exact match is the middle to the character, white space at the ends of lines aside.
"""
