---`:CodeLlama`: one function for each word.

local command = require("codellama.command")
local pause = require("codellama.pause")
local status = require("codellama.status")

local M = {}

---@param message string
---@param level? integer
local function say(message, level)
  vim.notify("Code Llama: " .. message, level or vim.log.levels.INFO)
end

---@return vim.lsp.Client?
local function running()
  local clients = vim.lsp.get_clients({ bufnr = 0, name = "codellama" })
  return clients[1] or vim.lsp.get_clients({ name = "codellama" })[1]
end

---@param name string a command of the server
local function execute(name)
  local client = running()
  if not client then
    say("no server runs. :CodeLlama restart starts one; :checkhealth codellama says more.", vim.log.levels.WARN)
    return
  end
  client:request("workspace/executeCommand", { command = name }, function(fault)
    if fault then
      say(fault.message, vim.log.levels.ERROR)
    end
  end)
end

---@param subcommand string
local function print_of(subcommand)
  local line = vim.list_extend({}, command.line(running()))
  if vim.fn.executable(line[1]) == 0 then
    say(command.HOW_TO_INSTALL, vim.log.levels.WARN)
    return
  end
  line[#line + 1] = subcommand
  require("codellama.output").show(subcommand, line)
end

local SCOPES = { "everywhere", "file", "language" }

---@type table<string, fun(argument?: string)>
local COMMANDS = {
  status = function()
    local now = status.of(0)
    if not now then
      say("no server for this file. :checkhealth codellama says why.")
      return
    end
    local paused = pause.of(0)
    local parts = { now.state, now.message }
    if now.model ~= "" then
      table.insert(parts, 2, now.model)
    end
    if paused then
      parts[#parts + 1] = "paused: " .. paused
    end
    say(table.concat(parts, ", "))
  end,
  pause = function(scope)
    scope = scope or "everywhere"
    if not vim.list_contains(SCOPES, scope) then
      say("pause what? " .. table.concat(SCOPES, ", "), vim.log.levels.ERROR)
      return
    end
    pause.pause(scope --[[@as codellama.Scope]])
    say("paused: " .. scope)
  end,
  resume = function()
    pause.resume()
    say("goes on")
  end,
  prompt = function()
    execute("codellama.showPrompt")
  end,
  free = function()
    execute("codellama.freeGpu")
  end,
  stats = function()
    print_of("stats")
  end,
  doctor = function()
    print_of("doctor")
  end,
  log = function()
    vim.cmd.tabedit(vim.fn.fnameescape(vim.lsp.log.get_filename()))
    vim.cmd.normal({ "G", bang = true })
  end,
  restart = function()
    if running() then
      execute("codellama.restart")
    else
      require("codellama.client").start()
    end
  end,
}

---@param words string[]
function M.run(words)
  local name = words[1] or "status"
  local run = COMMANDS[name]
  if not run then
    say(("no %q: %s"):format(name, table.concat(M.names(), ", ")), vim.log.levels.ERROR)
    return
  end
  run(words[2])
end

---@return string[]
function M.names()
  local names = vim.tbl_keys(COMMANDS)
  table.sort(names)
  return names
end

---@param line string what is typed so far
---@return string[]
function M.complete(line)
  local words = vim.split(line, "%s+", { trimempty = true })
  local typed = line:match("%S*$")
  local before = #words - (typed ~= "" and 1 or 0)
  local choices = before == 1 and M.names() or words[2] == "pause" and before == 2 and SCOPES or {}
  return vim.tbl_filter(function(choice)
    return vim.startswith(choice, typed)
  end, choices)
end

return M
