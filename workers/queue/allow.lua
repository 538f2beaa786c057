-- The generic cell rate algorithm. KEYS[1]: a key's allowance, as the microsecond at which it will be full again.
-- ARGV: microseconds between events, microseconds of the period. Returns how long to wait, 0 if the event was taken.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local gap, period = tonumber(ARGV[1]), tonumber(ARGV[2])
-- Clamped on both sides, so that neither a clock that was set back nor a changed rate locks anybody out for longer than a period.
local full = math.min(now + period, math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0)))
local wait = full + gap - period - now
if wait > 0 then return wait end
redis.call('SET', KEYS[1], string.format('%.0f', full + gap), 'PX', math.ceil((full + gap - now) / 1000))
return 0
