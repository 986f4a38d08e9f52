-- What `vim.lsp.enable("codellama")` starts. Yours goes over it: `vim.lsp.config("codellama", {...})`.

---@type vim.lsp.Config
return {
  cmd = function(dispatchers, config)
    return require("codellama.command").start(dispatchers, config)
  end,
  root_markers = { ".git" },
  capabilities = {
    experimental = { ["codellama/status"] = true, ["codellama/input"] = true },
  },
  handlers = {
    ["window/showMessage"] = function(_, told, context)
      require("codellama.message").show(told, context)
    end,
    ["codellama/status"] = function(_, told, context)
      require("codellama.status").heard(context.client_id, told)
    end,
    ["codellama/input"] = function(_, asked)
      return require("codellama.input").ask(asked)
    end,
  },
  on_init = function(client)
    require("codellama.client").begun(client)
  end,
  on_attach = function(client, bufnr)
    require("codellama.client").attached(client, bufnr)
  end,
  on_exit = function(code, signal, client_id)
    require("codellama.client").ended(code, signal, client_id)
  end,
}
