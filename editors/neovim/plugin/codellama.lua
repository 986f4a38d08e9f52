-- The command and the colours; everything else is loaded when the server starts.

if vim.g.loaded_codellama then
  return
end
vim.g.loaded_codellama = true

vim.api.nvim_set_hl(0, "CodeLlamaGhost", { link = "ComplHint", default = true })
vim.api.nvim_set_hl(0, "CodeLlamaHint", { link = "ComplHintMore", default = true })

vim.api.nvim_create_user_command("CodeLlama", function(typed)
  require("codellama.commands").run(typed.fargs)
end, {
  nargs = "*",
  desc = "Code Llama: status, pause, resume, prompt, stats, log, restart, free, doctor",
  complete = function(_, line)
    return require("codellama.commands").complete(line)
  end,
})
