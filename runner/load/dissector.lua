-- What was read is a string of octets; places count from 0 and are looked at before anything is taken.
local proto = Proto("dmsc", "DM_SC: what the card application toolkit carries")
local protofields = {}
local function declare(key, name)
  protofields[key] = ProtoField.string("dmsc." .. key, name)
end
declare("message", "Message")
declare("cut", "Cut")
declare("control_result", "Answer to call control")
for _, key in ipairs(notification_keys) do declare("package0." .. key, key) end
for _, object in pairs(objects) do
  declare(object.key, object.name)
  local function declare_all(fields)
    for _, field in ipairs(fields) do
      if field.key then declare(object.key .. "." .. field.key, field.key) end
      for _, part in ipairs(field.parts or {}) do declare(object.key .. "." .. part.key, part.key) end
    end
  end
  declare_all(object.fields)
  for _, other in ipairs(object.others or {}) do declare_all(other.fields) end
end
local list = {}
for _, field in pairs(protofields) do list[#list + 1] = field end
proto.fields = list

local gsm_sim = Field.new("gsm_sim")

local function octet(s, at) return at < #s and s:byte(at + 1) or nil end
local function slice(s, at, size)
  if at < 0 or size < 0 or at + size > #s then return nil end
  return s:sub(at + 1, at + size)
end
local function number(s)
  local n = 0
  for at = 1, #s do n = n * 256 + s:byte(at) end
  return n
end
local function hex(s) return (s:gsub(".", function(c) return string.format("%02X", c:byte()) end)) end
local function bits(value, shift, width) return math.floor(value / 2 ^ shift) % 2 ^ width end
local function whole(n) return string.format("%d", n) end
local function word(names, code) return names and names[code] or whole(code) end

local function utf8_of(code)
  if code < 0x80 then return string.char(code) end
  if code < 0x800 then return string.char(0xC0 + math.floor(code / 64), 0x80 + code % 64) end
  return string.char(0xE0 + math.floor(code / 4096), 0x80 + math.floor(code / 64) % 64, 0x80 + code % 64)
end
local function ucs2(s)
  local out = {}
  for at = 1, #s - 1, 2 do
    local code = s:byte(at) * 256 + s:byte(at + 1)
    if code >= 0xD800 and code < 0xE000 then return nil end
    out[#out + 1] = utf8_of(code)
  end
  return #s % 2 == 0 and table.concat(out) or nil
end
local function gsm(s)
  local out, at = {}, 1
  while at <= #s do
    local c = gsm7[s:byte(at)]
    if s:byte(at) == 0x1B and at < #s then
      at = at + 1
      c = gsm7_extension[s:byte(at)]
    end
    if not c then return nil end
    out[#out + 1] = c
    at = at + 1
  end
  return table.concat(out)
end
-- Seven octets hold eight septets; a last one that only fills is none.
local function unpacked(s)
  local out, held, count = {}, 0, 0
  for at = 1, #s do
    held, count = held + s:byte(at) * 2 ^ count, count + 8
    while count >= 7 do
      out[#out + 1] = string.char(held % 128)
      held, count = math.floor(held / 128), count - 7
    end
  end
  local last = out[#out]
  if #out > 0 and #out % 8 == 0 and (last == "\r" or last == "\0") then out[#out] = nil end
  return table.concat(out)
end
local function digits(s)
  local out = {}
  for at = 1, #s do
    for _, nibble in ipairs({ s:byte(at) % 16, math.floor(s:byte(at) / 16) }) do
      if nibble ~= 15 then out[#out + 1] = ("0123456789*#abc"):sub(nibble + 1, nibble + 1) end
    end
  end
  return table.concat(out)
end
local function plmn(s)
  local a, b, c = s:byte(1, 3)
  local d = { a % 16, math.floor(a / 16), b % 16, c % 16, math.floor(c / 16), math.floor(b / 16) }
  local out = ""
  for _, nibble in ipairs(d) do
    if nibble > 9 and nibble ~= 15 then return hex(s) end
    if nibble ~= 15 then out = out .. nibble end
  end
  return out
end

-- Fields of a value of so many octets.
local function layout_of(object, size)
  for _, other in ipairs(object.others or {}) do
    if size >= other.least and size <= other.most then return other.fields end
  end
  return object.fields
end
-- One field of an object: its value as text, and the octets that it took.
local function read_field(field, s, at, before)
  local size = field.width > 0 and field.width or #s - at
  local octets = slice(s, at, size)
  if not octets or (#octets == 0 and field.width > 0) then return nil end
  local kind = field.kind
  if kind == "number" then
    if field.key == "dcs" then before.dcs = number(octets) end
    return whole(number(octets)), size
  elseif kind == "code" then
    if field.key == "dcs" then before.dcs = number(octets) end
    return word(field.names, number(octets)), size
  elseif kind == "bcd" then
    local low, high = octets:byte() % 16, math.floor(octets:byte() / 16)
    return low < 10 and high < 10 and whole(low * 10 + high) or hex(octets), size
  elseif kind == "digits" then
    return digits(octets), size
  elseif kind == "plmn" then
    return plmn(octets), size
  elseif kind == "ascii" then
    return octets, size
  elseif kind == "alpha" then
    return gsm(octets) or hex(octets), size
  elseif kind == "text" then
    local alphabet = alphabets[before.dcs or 4]
    local text = alphabet == "packed" and gsm(unpacked(octets)) or alphabet == "octets" and gsm(octets) or
      alphabet == "ucs2" and ucs2(octets)
    return text or hex(octets), size
  end
  return hex(octets), size
end

-- A place on the screen, where the frame has it.
local function range_of(frame, at, size)
  local all = frame:len()
  if at >= all then return nil end
  return frame(at, math.min(size, all - at))
end
local function add(tree, key, frame, at, size, value)
  local range = range_of(frame, at, size)
  if range then return tree:add(protofields[key], range, value) end
  return tree:add(protofields[key], value)
end

-- Object by object; call(object, value, place of the value, subtree) for each that is whole.
local function read_objects(tree, frame, s, at, last, wanted, call)
  while at < last do
    local tag = octet(s, at)
    local head = 1
    if tag == 0x7F then
      local wide = slice(s, at + 1, 2)
      if not wide then break end
      tag, head = number(wide) % 0x8000, 3
    else
      tag = tag % 0x80
    end
    local size = octet(s, at + head)
    if not size then break end
    head = head + 1
    if size > 0x80 and size <= 0x83 then
      local more = slice(s, at + head, size - 0x80)
      if not more then break end
      head, size = head + #more, number(more)
    elseif size >= 0x80 then
      break
    end
    local value = slice(s, at + head, size)
    if not value or at + head + size > last then
      add(tree(), "cut", frame, at, last - at, hex(slice(s, at, last - at) or ""))
      return
    end
    local object = objects[tag]
    if object then call(object, value, at + head) end
    if object and (not wanted or wanted[object.key]) then
      local fields = layout_of(object, #value)
      local single = fields[1] and not fields[1].key and not fields[1].parts
      local below = { dcs = nil }
      if single or #fields == 0 then
        local text = single and read_field(fields[1], value, 0, below) or hex(value)
        add(tree(), object.key, frame, at, head + size, text)
      else
        local node = add(tree(), object.key, frame, at, head + size, hex(value))
        local place = 0
        for _, field in ipairs(fields) do
          if place >= #value and field.optional then break end
          if field.parts then
            local byte = octet(value, place)
            if not byte then break end
            for _, part in ipairs(field.parts) do
              local n = bits(byte, part.shift, part.width)
              local text = part.flag and tostring(n ~= 0) or word(part.names, n)
              add(node, object.key .. "." .. part.key, frame, at + head + place, 1, text)
            end
            place = place + 1
          else
            local text, took = read_field(field, value, place, below)
            if not text then break end
            add(node, object.key .. "." .. field.key, frame, at + head + place, took, text)
            place = place + took
          end
        end
      end
    end
    at = at + head + size
  end
end

-- General Package#0. OMA DM Notification 1.2.1, 6.2
local function is_package0(s)
  if #s < 24 then return false end
  local size = s:byte(24)
  return #s >= 24 + size and size > 0 and number(s:sub(17, 18)) >= 10 * 64 and number(s:sub(17, 18)) < 20 * 64
end
local function read_package0(tree, frame, s, at)
  if not is_package0(s) then return end
  local node = add(tree(), "message", frame, at, #s, "package0")
  local head = s:byte(18)
  local size = s:byte(24)
  local function put(key, place, took, value) add(node, "package0." .. key, frame, at + place, took, value) end
  put("digest", 0, 16, hex(s:sub(1, 16)))
  put("version", 16, 2, whole(math.floor(number(s:sub(17, 18)) / 64)))
  put("ui_mode", 17, 1, ui_modes[bits(head, 4, 2)])
  put("initiator", 17, 1, initiators[bits(head, 3, 1)])
  put("future_use", 17, 4, whole(number(s:sub(18, 21)) % 2 ^ 27))
  put("session_id", 21, 2, whole(number(s:sub(22, 23))))
  put("server_id", 24, size, s:sub(25, 24 + size))
  put("vendor_specific", 24 + size, #s - 24 - size, hex(s:sub(25 + size)))
end

-- The body of a push of a DM Notification, with its place. WAP-230-WSP, 8.2
local function push_body(s)
  if octet(s, 1) ~= 0x06 then return nil end
  local at, size = 2, 0
  for _ = 1, 5 do
    local one = octet(s, at)
    if not one then return nil end
    at, size = at + 1, size * 128 + one % 128
    if one < 128 then break end
  end
  local headers = slice(s, at, size)
  if not headers then return nil end
  local kind = octet(headers, 0)
  if kind and kind > 0 and kind < 31 then
    local value = slice(headers, 1, kind)
    local medium = value and value:byte(1)
    if not (medium == 0xC4 or (medium == 1 and value:byte(2) == 0x44)) then return nil end
  elseif kind ~= 0xC4 and headers:sub(1, #notification_mime + 1) ~= notification_mime .. "\0" then
    return nil
  end
  return s:sub(at + size + 1), at + size
end

-- The datagram of a TPDU that is not in parts, with its place. 3GPP TS 23.040, 9.2
local function datagram_of(s)
  local first = octet(s, 0)
  if not first or bits(first, 6, 1) == 0 then return nil end
  local at = first % 4 == 1 and 2 or first % 4 == 0 and 1 or nil
  local count = at and octet(s, at)
  if not count then return nil end
  at = at + 2 + math.ceil(count / 2) + 2
  if first % 4 == 0 then
    at = at + 7
  else
    local period = bits(first, 3, 2)
    at = at + (period == 0 and 0 or period == 2 and 1 or 7)
  end
  at = at + 1
  local header = octet(s, at)
  if not header or not slice(s, at + 1, header) then return nil end
  local place, last, port = at + 1, at + 1 + header, nil
  while place + 2 <= last do
    local id, size = octet(s, place), octet(s, place + 1)
    local value = place + 2 + size <= last and slice(s, place + 2, size) or nil
    if not value then return nil end
    if id == 5 and size == 4 then port = number(value:sub(1, 2)) end
    if (id == 0 and size == 3 and value:byte(2) > 1) or (id == 8 and size == 4 and value:byte(3) > 1) then return nil end
    place = place + 2 + size
  end
  if port ~= push_port then return nil end
  return s:sub(last + 1), last
end

-- Value of the first parameter with this number, and its place.
local function parameter(s, at, wanted)
  while at + 2 <= #s do
    local size = octet(s, at + 1)
    local value = slice(s, at + 2, size)
    if not value then return nil end
    if octet(s, at) == wanted then return value, at + 2 end
    at = at + 2 + size
  end
end

-- The same of a CDMA message of one segment: octets that begin three bits into an octet. 3GPP2 C.S0015, 4.5.2;
-- WAP-259-WDP, 6.5
local function cdma_datagram_of(s)
  local bearer, outer = parameter(s, 1, 8)
  local data, inner = nil, nil
  if bearer then data, inner = parameter(bearer, 0, 1) end
  if not data or #data < 2 or bits(data:byte(1), 3, 5) ~= 0 then return nil end
  local count = bits(number(data:sub(1, 2)), 3, 8)
  if #data < count + 2 then return nil end
  local out = {}
  for at = 1, count do
    out[at] = string.char(bits(number(data:sub(at + 1, at + 2)), 3, 8))
  end
  local datagram = table.concat(out)
  if #datagram < 7 or datagram:sub(1, 3) ~= "\0\1\0" or number(datagram:sub(6, 7)) ~= push_port then return nil end
  local skip = datagram:sub(4, 7) == datagram:sub(8, 11) and 11 or 7 -- some senders write the ports twice
  return datagram:sub(skip + 1), outer + inner + 1 + skip
end

local function look_inside(tree, frame, origin)
  return function(object, value, at)
    if object.key == "channel_data" then read_package0(tree, frame, value, origin + at) end
    local reader = object.key == "sms_tpdu" and datagram_of or object.key == "cdma_sms_tpdu" and cdma_datagram_of
    if not reader then return end
    local datagram, place = reader(value)
    if not datagram then return end
    local body, behind = push_body(datagram)
    if body then read_package0(tree, frame, body, origin + at + place + behind) end
  end
end

-- Tag and length around a message: where its objects begin and end.
local function inside_of(s, at, last)
  local size, head = octet(s, at + 1), 2
  if not size then return nil end
  if size > 0x80 and size <= 0x83 then
    local more = slice(s, at + 2, size - 0x80)
    if not more then return nil end
    size, head = number(more), 2 + #more
  end
  return at + head, math.min(at + head + size, last)
end

-- Which frames hold the answer to a call control. Found in the first pass, kept for the others.
local awaits, answers = false, {}
function proto.init() awaits, answers = false, {} end

-- Places count from the APDU on.
local function frame_view(frame, origin)
  return setmetatable({}, {
    __index = { len = function() return math.max(frame:len() - origin, 0) end },
    __call = function(_, at, size) return frame(origin + at, size) end,
  })
end

local nothing = {}
local function dissect(frame, info, root)
  local found = gsm_sim()
  if not found then return end
  local s, origin = found.range:bytes():raw(), found.offset
  local class, ins, size = octet(s, 0), octet(s, 1), octet(s, 4)
  if not size or (class < 0x80 and ins ~= 0xC0) then return end
  if not info.visited then
    if ins == 0xC2 then
      awaits = octet(s, 5) == call_control_tag
    elseif ins == 0xC0 then
      answers[info.number] = awaits
      awaits = false
    else
      awaits = false
    end
  end
  local tree
  local function open()
    tree = tree or root:add(proto, range_of(frame, origin, #s) or frame(0, 0))
    return tree
  end
  local last = math.min(5 + size, #s)
  local tag = octet(s, 5)
  local view, inside = frame_view(frame, origin), look_inside(open, frame, origin)
  if ins == 0xC2 and tag and envelopes[tag] then
    local at, stop = inside_of(s, 5, last)
    open():add(protofields["message"], envelopes[tag])
    if at then read_objects(open, view, s, at, stop, nil, inside) end
  elseif (ins == 0xC2 and tag == sms_download_tag) or (ins == 0x12 and tag == 0xD0) then
    local at, stop = inside_of(s, 5, last)
    if at then read_objects(open, view, s, at, stop, nothing, inside) end
  elseif ins == 0x14 then
    read_objects(open, view, s, 5, last, nothing, inside)
  elseif ins == 0xC0 and answers[info.number] then
    local code, length = octet(s, 5), octet(s, 6)
    local fits = length and length == size - 2 and control_results[code]
    open():add(protofields["control_result"], fits and control_results[code] or "malformed")
  end
end

function proto.dissector(frame, info, root)
  local fine, trouble = pcall(dissect, frame, info, root)
  if not fine then root:add(proto, frame(0, 0)):append_text(" [" .. tostring(trouble) .. "]") end
end
register_postdissector(proto)
