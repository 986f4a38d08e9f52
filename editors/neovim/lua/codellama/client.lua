---One server's life: it begins, buffers come, it ends, and it is started again where it died.

local M = {}

local MOST_RESTARTS = 3
local WITHIN_S = 180
local SIGTERM = 15

---@type integer[] when servers were started again, in seconds
local restarts = {}

---@param client vim.lsp.Client
function M.begun(client)
  require("codellama.pause").begun(client)
  require("codellama.diagnostics").tell(client)
end

---@param client vim.lsp.Client
---@param bufnr integer
function M.attached(client, bufnr)
  require("codellama.cursor").attach(bufnr)
  if require("codellama.options").ghost() then
    -- One of the two: both would show the same.
    vim.lsp.inline_completion.enable(false, { client_id = client.id })
    require("codellama.ghost").attach(bufnr)
    require("codellama.keys").attach(bufnr)
  end
  require("codellama.status").changed()
end

---@return boolean
local function may_restart()
  local now = os.time()
  restarts = vim.tbl_filter(function(time)
    return now - time < WITHIN_S
  end, restarts)
  if #restarts >= MOST_RESTARTS then
    return false
  end
  restarts[#restarts + 1] = now
  return true
end

---Start the server for every buffer that should have it.
function M.start()
  vim.lsp.enable("codellama")
end

---@param code integer
---@param signal integer
---@param client_id integer
function M.ended(code, signal, client_id)
  require("codellama.status").forget(client_id)
  local client = vim.lsp.get_client_by_id(client_id)
  local began = client ~= nil and client.initialized
  local died = code ~= 0 or (signal ~= 0 and signal ~= SIGTERM)
  vim.schedule(function()
    require("codellama.ghost").leave()
    if not died or not began or vim.v.exiting ~= vim.NIL or not vim.lsp.is_enabled("codellama") then
      return
    end
    if may_restart() then
      M.start() -- Neovim says by itself that it ended
    else
      vim.notify(
        "Code Llama: the server ends again and again."
          .. " `:CodeLlama log` tells why, `:CodeLlama restart` tries once more.",
        vim.log.levels.ERROR
      )
    end
  end)
end

return M
