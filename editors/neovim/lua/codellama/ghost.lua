---Asks for suggestions while you type, shows them, and puts in what you take.
---
---Neovim's own vim.lsp.inline_completion (0.12) waits 200 ms before it asks, puts a suggestion in
---again where it was typed along meanwhile, and knows neither words nor lines nor asking by hand.

local drawing = require("codellama.drawing")
local parts = require("codellama.parts")

local api = vim.api

local M = {}

local METHOD = "textDocument/inlineCompletion"
local INVOKED, AUTOMATIC = 1, 2

---@type codellama.Shown?
local shown

---The request that counts: of an older one nothing is shown.
---@type {bufnr: integer, client_id: integer, id?: integer, tick: integer, row: integer, column: integer}?
local asked

---@return integer bufnr
---@return integer row from 0
---@return integer column in bytes
local function cursor()
  local place = api.nvim_win_get_cursor(0)
  return api.nvim_get_current_buf(), place[1] - 1, place[2]
end

---@return boolean
local function inserting()
  return api.nvim_get_mode().mode:sub(1, 1) == "i"
end

---The line up to a place; nil where there is no such place.
---@param bufnr integer
---@param row integer
---@param column integer
---@return string?
local function before(bufnr, row, column)
  local line = api.nvim_buf_get_lines(bufnr, row, row + 1, false)[1]
  return line and #line >= column and line:sub(1, column) or nil
end

---What is not typed yet of what is shown; nil where the text or the cursor says otherwise.
---@return string?
local function rest()
  local bufnr, row, column = cursor()
  if not shown or shown.bufnr ~= bufnr then
    return nil
  end
  if row < shown.row or (row == shown.row and column < shown.column) then
    return nil
  end
  -- A key and the one that took its place may come as one change.
  if before(bufnr, shown.row, shown.column) ~= shown.before then
    return nil
  end
  local typed = api.nvim_buf_get_text(bufnr, shown.row, shown.column, row, column, {})
  local along = table.concat(typed, "\n")
  local text = shown.items[shown.index].text
  return vim.startswith(text, along) and text:sub(#along + 1) or nil
end

local function hide()
  if shown then
    drawing.clear(shown.bufnr)
    shown = nil
  end
end

---Show what is left of the suggestion, or take it away.
local function redraw()
  local text = rest()
  if not shown or not text or text == "" then
    hide()
    return
  end
  local bufnr, row, column = cursor()
  local hint = #shown.items > 1 and ("%d/%d"):format(shown.index, #shown.items) or nil
  drawing.draw(bufnr, row, column, text, hint)
end

local function cancel()
  local client = asked and asked.id and vim.lsp.get_client_by_id(asked.client_id)
  if client and asked and asked.id and client.requests[asked.id] then
    client:cancel_request(asked.id)
  end
  asked = nil
end

---@param client vim.lsp.Client
---@param bufnr integer
---@param row integer
---@param column integer
---@param result lsp.InlineCompletionList|lsp.InlineCompletionItem[]
---@return codellama.Shown?
local function suggestions(client, bufnr, row, column, result)
  ---@type codellama.Item[]
  local items = {}
  for _, item in ipairs(result.items or result) do
    if type(item.insertText) == "string" then
      items[#items + 1] = { text = item.insertText, command = item.command }
      if item.range then
        row = item.range.start.line
        local line = api.nvim_buf_get_lines(bufnr, row, row + 1, false)[1] or ""
        local units = item.range.start.character
        column = vim.str_byteindex(line, client.offset_encoding, units, false)
      end
    end
  end
  if #items == 0 then
    return nil
  end
  return {
    bufnr = bufnr,
    client_id = client.id,
    row = row,
    column = column,
    before = before(bufnr, row, column) or "",
    items = items,
    index = 1,
  }
end

---@param kind integer
local function request(kind)
  local bufnr, row, column = cursor()
  local client = vim.lsp.get_clients({ bufnr = bufnr, name = "codellama", method = METHOD })[1]
  if not client then
    return
  end
  local tick = api.nvim_buf_get_changedtick(bufnr)
  if
    kind == AUTOMATIC
    and asked
    and asked.bufnr == bufnr
    and asked.tick == tick
    and asked.row == row
    and asked.column == column
  then
    return -- one key, several events
  end
  local mine = { bufnr = bufnr, client_id = client.id, tick = tick, row = row, column = column }
  asked = mine
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  ---@diagnostic disable-next-line: inject-field
  params.context = { triggerKind = kind }
  local _, id = client:request(METHOD, params, function(fault, result)
    if asked ~= mine or fault or not result or not inserting() then
      return -- superseded, or nothing is known: what is shown and still fits may stay
    end
    local now, now_row, now_column = cursor()
    if now ~= bufnr or now_row ~= row or now_column ~= column then
      return
    end
    if api.nvim_buf_get_changedtick(bufnr) ~= tick then
      return
    end
    hide()
    shown = suggestions(client, bufnr, row, column, result)
    redraw()
  end, bufnr)
  mine.id = id
end

---Follow the text and the cursor: after each key.
function M.follow()
  if not inserting() then
    return
  end
  redraw()
  request(AUTOMATIC)
end

---Ask now, as somebody who wants to choose.
function M.ask()
  request(INVOKED)
end

---End it: the document is left, or insert mode.
function M.leave()
  cancel()
  hide()
end

---@return boolean
function M.visible()
  local text = rest()
  return text ~= nil and text ~= ""
end

---@return boolean whether there was something
function M.dismiss()
  local visible = M.visible()
  hide()
  return visible
end

---@param by integer
function M.turn(by)
  if not shown or not M.visible() or #shown.items < 2 then
    request(INVOKED)
    return
  end
  -- The others go on from what was there when they were asked for.
  local count, start = #shown.items, shown.index
  for step = 1, count do
    shown.index = (start - 1 + step * by) % count + 1
    if M.visible() then
      break
    end
  end
  redraw()
end

---Put in the first part of what is left of the suggestion; false where there is none.
---@param part codellama.Part
---@return boolean
function M.accept(part)
  local text = rest()
  if not shown or not text or text == "" then
    hide()
    return false
  end
  local bufnr, row, column = cursor()
  local taken = parts.first(text, part)
  local lines = vim.split(taken, "\n", { plain = true })
  api.nvim_buf_set_text(bufnr, row, column, row, column, lines)
  local last = #lines[#lines]
  api.nvim_win_set_cursor(0, { row + #lines, #lines == 1 and column + last or last })
  if #taken == #text then
    local client = vim.lsp.get_client_by_id(shown.client_id)
    local command = shown.items[shown.index].command
    hide()
    if client and command then
      client:exec_cmd(command, { bufnr = bufnr })
    end
  end
  M.follow()
  return true
end

---Follow one buffer, once.
---@param bufnr integer
function M.attach(bufnr)
  local group = api.nvim_create_augroup(("codellama.ghost.%d"):format(bufnr), {})
  api.nvim_create_autocmd({ "CursorMovedI", "TextChangedI", "TextChangedP" }, {
    group = group,
    buffer = bufnr,
    desc = "Code Llama: follow what is typed",
    callback = M.follow,
  })
  api.nvim_create_autocmd("InsertEnter", {
    group = group,
    buffer = bufnr,
    desc = "Code Llama: suggest where insert mode begins",
    callback = vim.schedule_wrap(M.follow), -- now the mode is still the other one
  })
  api.nvim_create_autocmd({ "InsertLeave", "BufLeave" }, {
    group = group,
    buffer = bufnr,
    desc = "Code Llama: take the suggestion away",
    callback = M.leave,
  })
end

---Leave a buffer alone.
---@param bufnr integer
function M.detach(bufnr)
  if shown and shown.bufnr == bufnr then
    hide()
  end
  if asked and asked.bufnr == bufnr then
    asked = nil
  end
  pcall(api.nvim_del_augroup_by_name, ("codellama.ghost.%d"):format(bufnr))
end

return M
