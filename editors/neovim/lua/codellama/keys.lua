---The keys of insert mode, in the buffers that the server knows. Without a suggestion a key does what it did.

local options = require("codellama.options")

local api = vim.api

local M = {}

---Lets undo take back what comes by itself. Like every such key it ends a menu, and leaves the text.
local BEFORE = "<C-g>u"

---@class codellama.Action
---@field call string the function of this plugin
---@field text string what it does
---@field always? boolean also where no suggestion is shown
---@field edits? boolean

---@type table<string, codellama.Action>
local ACTIONS = {
  accept = { call = "accept", text = "accept the suggestion", edits = true },
  accept_word = { call = "accept_word", text = "accept its next word", edits = true },
  accept_line = { call = "accept_line", text = "accept its next line", edits = true },
  next = { call = "next", text = "next suggestion", always = true },
  previous = { call = "previous", text = "previous suggestion", always = true },
  trigger = { call = "trigger", text = "suggest now", always = true },
  dismiss = { call = "dismiss", text = "dismiss the suggestion" },
}

---@param text string
---@return string
local function keycodes(text)
  return api.nvim_replace_termcodes(text, true, true, true)
end

---What the key does elsewhere: found when it is pressed, plugins map late.
---@param key string
---@return table<string, any>?
local function global_map(key)
  local raw = keycodes(key)
  for _, map in ipairs(api.nvim_get_keymap("i")) do
    if map.lhsraw == raw or map.lhsrawalt == raw then
      return map
    end
  end
end

---Type keys before what else is already typed.
---@param keys string
---@param remap? boolean
local function type_now(keys, remap)
  api.nvim_feedkeys(keys, remap and "imt" or "int", false)
end

---@param key string
---@param map? table<string, any>
local function as_before(key, map)
  if not map then
    type_now(keycodes(key))
    return
  end
  local result = map.rhs or ""
  if map.callback then
    result = map.callback()
  elseif map.expr == 1 then
    result = api.nvim_eval(map.rhs)
  end
  if map.callback and map.expr ~= 1 or type(result) ~= "string" then
    return
  end
  if map.expr ~= 1 or map.replace_keycodes == 1 then
    result = keycodes(result)
  end
  type_now(result, map.noremap == 0)
end

---Not an expression: of keys that come fast, Neovim evaluates those before the key in front is in the text.
---@param bufnr integer
---@param key string
---@param action codellama.Action
local function map_key(bufnr, key, action)
  local own = vim.fn.maparg(key, "i", false, true)
  local before = own.buffer == 1 and own or nil
  vim.keymap.set("i", key, function()
    if not action.always and not require("codellama.ghost").visible() then
      as_before(key, before or global_map(key))
      return
    end
    local call = ("<Cmd>lua require('codellama').%s()<CR>"):format(action.call)
    if action.edits then
      call = BEFORE .. call
    end
    type_now(keycodes(call))
  end, { buffer = bufnr, desc = "Code Llama: " .. action.text })
end

---@param bufnr integer
function M.attach(bufnr)
  if vim.b[bufnr].codellama_keys then
    return
  end
  vim.b[bufnr].codellama_keys = true
  api.nvim_buf_call(bufnr, function()
    for name, key in pairs(options.keys()) do
      local action = ACTIONS[name]
      if action and type(key) == "string" then
        map_key(bufnr, key, action)
      end
    end
  end)
end

return M
