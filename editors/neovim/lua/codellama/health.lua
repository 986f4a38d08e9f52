---`:checkhealth codellama`

local command = require("codellama.command")
local options = require("codellama.options")

local M = {}

local NEEDED = { 0, 12, 0 }

---@param line string[]
local function check_server(line)
  local program = vim.fn.exepath(line[1])
  if program == "" then
    vim.health.error("the server was not found: " .. line[1], vim.split(command.HOW_TO_INSTALL, "\n"))
    return
  end
  local asked = vim.system({ program, "--version" }, { text = true, timeout = 20000 }):wait()
  if asked.code == 0 then
    vim.health.ok(("%s: %s"):format(program, vim.trim(asked.stdout)))
  else
    vim.health.error(("%s --version fails: %s"):format(program, vim.trim(asked.stderr or "")))
  end
end

local function check_clients()
  local clients = vim.lsp.get_clients({ name = "codellama" })
  if #clients == 0 then
    vim.health.warn("no server runs", { "Open a file; :checkhealth vim.lsp and :CodeLlama log say more." })
  end
  for _, client in ipairs(clients) do
    local buffers = vim.tbl_keys(client.attached_buffers)
    local status = require("codellama.status").of(buffers[1])
    local said = status and ("%s, %s"):format(status.state, status.message) or "no buffers"
    local root = client.root_dir or "no folder"
    local say = status and status.state == "down" and vim.health.error or vim.health.ok
    say(("server %d, %s, buffers: %d, engine: %s"):format(client.id, root, #buffers, said))
  end
end

local function check_ghost()
  if not options.ghost() then
    vim.health.info("vim.g.codellama.ghost is false: suggestions are Neovim's own vim.lsp.inline_completion")
    return
  end
  for _, client in ipairs(vim.lsp.get_clients({ name = "codellama" })) do
    for bufnr in pairs(client.attached_buffers) do
      if vim.lsp.inline_completion.is_enabled({ bufnr = bufnr, client_id = client.id }) then
        vim.health.warn("vim.lsp.inline_completion is enabled, too: suggestions are shown twice", {
          'Enable it before the first file is opened, or set vim.g.codellama = { ghost = false }.',
        })
        return
      end
    end
  end
  vim.health.ok("suggestions are drawn by this plugin")
end

function M.check()
  vim.health.start("codellama")
  if vim.fn.has("nvim-" .. table.concat(NEEDED, ".")) == 1 then
    vim.health.ok("Neovim " .. tostring(vim.version()))
  else
    vim.health.error("Neovim 0.12 or newer is needed")
    return
  end
  check_server(command.line(vim.lsp.get_clients({ name = "codellama" })[1]))
  if not vim.lsp.is_enabled("codellama") then
    vim.health.warn("the server is not enabled", { 'Put vim.lsp.enable("codellama") into your init.lua.' })
    return
  end
  check_clients()
  check_ghost()
end

return M
