---Where the server is, and how it is started.

local options = require("codellama.options")

local M = {}

local NAME = "codellama-lsp"

M.HOW_TO_INSTALL = table.concat({
  NAME .. " was not found: neither on PATH, nor in .venv of the clone that this plugin is in.",
  "Run `make install` in that clone, or name the program in your init.lua:",
  '  vim.g.codellama = { command = "/path/to/codellama-lsp" }',
}, "\n")

---The program of the clone that this file is in, if it was made there.
---@return string
local function beside()
  local here = vim.fs.dirname(vim.fs.normalize(debug.getinfo(1, "S").source:sub(2)))
  return vim.fs.normalize(here .. "/../../../../.venv/bin/" .. NAME)
end

---@return string[]
local function found()
  local named = options.command()
  if type(named) == "string" then
    return { vim.fs.normalize(named) }
  end
  if named and named[1] then
    return named
  end
  if vim.fn.executable(NAME) == 0 and vim.fn.executable(beside()) == 1 then
    return { beside() }
  end
  return { NAME }
end

---The command line of the server: the one that runs, or the one that would.
---@param client? vim.lsp.Client
---@return string[]
function M.line(client)
  local cmd = client and client.config.cmd or vim.lsp.config.codellama.cmd
  return type(cmd) == "table" and cmd or found()
end

---@param dispatchers vim.lsp.rpc.Dispatchers
---@param config vim.lsp.ClientConfig
---@return vim.lsp.rpc.PublicClient
function M.start(dispatchers, config)
  local line = found()
  if vim.fn.executable(line[1]) == 0 then
    vim.notify_once(M.HOW_TO_INSTALL, vim.log.levels.WARN)
  end
  return vim.lsp.rpc.start(line, dispatchers, {
    cwd = config.cmd_cwd,
    env = config.cmd_env,
    detached = config.detached,
  })
end

return M
