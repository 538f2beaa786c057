-- ARGV: this worker's id, its slots (0: it leaves), how far it wants to be fed ahead, then the entries that wait in asynq or
-- run here, whose holds are still good.
local workers, says = p .. 'workers', p .. 'says'
for i = 4, #ARGV do redis.call('ZADD', held, 'XX', now + hold, ARGV[i]) end
if tonumber(ARGV[2]) > 0 then
  redis.call('ZADD', workers, now + hold, ARGV[1])
  redis.call('HSET', says, ARGV[1], ARGV[2] .. ' ' .. ARGV[3])
else
  redis.call('ZREM', workers, ARGV[1])
  redis.call('HDEL', says, ARGV[1])
end
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', workers, '-inf', now)) do
  redis.call('ZREM', workers, gone)
  redis.call('HDEL', says, gone)
end
local slots, ahead = 0, 0
for _, said in ipairs(redis.call('HVALS', says)) do
  local s, a = string.match(said, '^(%d+) (%d+)$')
  slots, ahead = slots + s, ahead + a
end
if slots > 0 then
  redis.call('SET', p .. 'pool', slots .. ' ' .. ahead .. ' ' .. string.format('%.0f', now + hold), 'PX', hold)
else
  redis.call('DEL', p .. 'pool')
end
return slots
