---The keys of insert mode, in the buffers that the server knows. Without a suggestion a key does what it did.

local options = require("codellama.options")

local api = vim.api

local M = {}

---Ends a pop-up menu without a change of the text, and lets undo take back what comes alone.
local BEFORE = "<C-g>u"
local WITHOUT_MENU = "<C-x><C-z>"

---@type table<string, {call: string, text: string, always?: boolean, edits?: boolean}>
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

---@param key string
---@param map? table<string, any>
---@return string keys to type
local function as_before(key, map)
  if not map then
    return keycodes(key)
  end
  local result = map.callback or map.rhs or ""
  if map.callback and map.expr == 1 then
    result = map.callback() or ""
  elseif map.callback then
    vim.schedule(map.callback)
    return ""
  elseif map.expr == 1 then
    result = api.nvim_eval(map.rhs)
  end
  if map.expr ~= 1 or map.replace_keycodes == 1 then
    result = keycodes(result)
  end
  if map.noremap == 0 then
    api.nvim_feedkeys(result, "im", false)
    return ""
  end
  return result
end

---@param bufnr integer
---@param key string
---@param action {call: string, text: string, always?: boolean, edits?: boolean}
local function map_key(bufnr, key, action)
  local own = vim.fn.maparg(key, "i", false, true)
  local before = own.buffer == 1 and own or nil
  local ghost = require("codellama.ghost")
  vim.keymap.set("i", key, function()
    if not action.always and not ghost.visible() then
      return as_before(key, before or global_map(key))
    end
    local call = ("<Cmd>lua require('codellama').%s()<CR>"):format(action.call)
    if action.edits then
      call = (vim.fn.pumvisible() == 1 and WITHOUT_MENU or "") .. BEFORE .. call
    end
    return keycodes(call)
  end, {
    buffer = bufnr,
    expr = true,
    replace_keycodes = false,
    desc = "Code Llama: " .. action.text,
  })
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
