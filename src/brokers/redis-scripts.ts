/**
 * What runs inside Redis: each script is one act there, which nothing can come between.
 *
 * A channel has two keys with one hash tag, and so one slot of a cluster: a stream, whose entry of offset 7 has the id
 * `7-0`, and a hash with the epoch and the offset of the newest event. An entry has two fields: `e`, the event as JSON, and
 * `p`, the offset before it, by which a reader notices what is missing, whoever removed it and however.
 *
 * Offsets are times, in microseconds, or the next number where the clock is behind. A server that comes back without its
 * newest events, from an older snapshot or as a replica that had not heard of them, so gives none of their offsets to
 * another event. The first process that knew of them moves the head to where it was: what comes next names that as the
 * offset before it, and the rest is missed like whatever else was removed.
 *
 * @module
 */

/**
 * Finds the log, or begins a new life of it: when there was none, or when one of its two keys is gone.
 *
 * `KEYS`: stream, hash. `ARGV[1]`: the epoch of a new life; `ARGV[2]` and `ARGV[3]`: epoch and offset of the newest place
 * that the caller knows. Leaves `epoch` and `head` for what follows.
 */
const FIND_LOG = `
local epoch = redis.call('HGET', KEYS[2], 'epoch')
local head = tonumber(redis.call('HGET', KEYS[2], 'head'))
if not epoch or not head then
  epoch = ARGV[1]
  head = 0
  redis.call('DEL', KEYS[1], KEYS[2])
  redis.call('HSET', KEYS[2], 'epoch', epoch, 'head', 0)
end
if epoch == ARGV[2] and head < tonumber(ARGV[3]) then
  head = tonumber(ARGV[3])
  redis.call('HSET', KEYS[2], 'head', ARGV[3])
end
`;

/** The second that offsets are counted from: 2026 began with it. Later ones would only make ids longer. */
const BEGINNING = 1_767_225_600;

/**
 * Appends an event, trims, tells, and remembers its idempotency key: gives epoch, offset, and whether it was new.
 *
 * `KEYS`: stream, hash, and perhaps the idempotency key. `ARGV`, after those of `FIND_LOG`: event, most entries, channel to
 * tell, window of the key in milliseconds, command that tells: `SPUBLISH` where the servers of a cluster have it, else
 * `PUBLISH`.
 */
export const APPEND: string = `${FIND_LOG}
if KEYS[3] then
  local seen = redis.call('GET', KEYS[3])
  if seen then
    local at = string.find(seen, ' ', 1, true)
    return { string.sub(seen, 1, at - 1), string.sub(seen, at + 1), 0 }
  end
end
local time = redis.call('TIME')
local offset = (tonumber(time[1]) - ${BEGINNING}) * 1000000 + tonumber(time[2])
if offset <= head then offset = head + 1 end
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if last then
  local top = tonumber(string.match(last[1], '^(%d+)-'))
  if top >= offset then offset = top + 1 end
end
local id = string.format('%.0f', offset)
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[5], id .. '-0', 'e', ARGV[4], 'p', string.format('%.0f', head))
redis.call('HSET', KEYS[2], 'head', id)
if KEYS[3] then redis.call('SET', KEYS[3], epoch .. ' ' .. id, 'PX', ARGV[7]) end
redis.call(ARGV[8], ARGV[6], epoch .. ' ' .. id .. ' ' .. string.format('%.0f', head) .. ' ' .. ARGV[4])
return { epoch, id, 1 }
`;

/** Gives the epoch and the offset of the newest event. `KEYS`: stream, hash. `ARGV`: as for `FIND_LOG`. */
export const HEAD: string = `${FIND_LOG}
return { epoch, string.format('%.0f', head) }
`;

/**
 * Reads on: gives the epoch, the newest offset, and entries. `KEYS`: stream, hash. `ARGV`, after those of `FIND_LOG`:
 * epoch and offset to read after, most entries. After a place of another life it reads from the beginning.
 */
export const READ: string = `${FIND_LOG}
local start = '-'
if ARGV[4] == epoch then start = '(' .. ARGV[5] .. '-0' end
return { epoch, string.format('%.0f', head), redis.call('XRANGE', KEYS[1], start, '+', 'COUNT', ARGV[6]) }
`;

/** Gives the version of the server that has `KEYS[1]`, or nothing where it may not be asked for. */
export const VERSION: string = `
local info = redis.pcall('INFO', 'server')
return type(info) == 'string' and string.match(info, 'redis_version:([%d%.]+)') or ''
`;
