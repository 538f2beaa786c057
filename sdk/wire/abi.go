package wire

// ABI is the number of this contract. A block built for another number is refused with both numbers in the message.
const ABI = 1

// What a WebAssembly guest exports. All numbers are i32 addresses and lengths in its own memory.
const (
	// ExportABI returns the guest's ABI number: () -> i32.
	ExportABI = "quoin_abi"
	// ExportAlloc returns room for a request of n bytes, valid until the call returns: (n i32) -> address i32.
	// Address 0 means that the guest has no room.
	ExportAlloc = "quoin_alloc"
	// ExportCall handles the request frame at (address, length) and returns the reply frame's place as
	// address<<32 | length: (address i32, length i32) -> i64. The bytes must stay valid until the next call.
	ExportCall = "quoin_call"
)

// What a guest may import from the module [ImportModule], beside WASI preview 1.
const (
	ImportModule = "quoin"
	// ImportService asks a service: (address i32, length i32) -> i32. The bytes are a service request frame; the result is
	// the length of the reply frame, which the guest then fetches with [ImportTake].
	ImportService = "service"
	// ImportTake copies the last service reply to address, once: (address i32). The guest must have room for its length.
	ImportTake = "take"
	// ImportLog writes one line to the block's log: (level i32, address i32, length i32). Levels are those of log/slog
	// divided by 4: -1 debug, 0 info, 1 warning, 2 error.
	ImportLog = "log"
)

// Limits of the contract. A message beyond them is refused with [CodeTooLarge] before anybody reads it.
const (
	// MaxFrame bounds a whole frame in bytes.
	MaxFrame = 8 << 20
	// MaxJSON bounds each of the two JSON segments in bytes.
	MaxJSON = 2 << 20
	// MaxBlob bounds one segment beside them: form text and outside bodies. Files are references.
	MaxBlob = 4 << 20
	// MaxSegments bounds their number.
	MaxSegments = 256
	// MaxEffects bounds the effects of one reply.
	MaxEffects = 256
	// MaxName bounds the names of fields, views, handlers, tasks, topics and collections, in bytes.
	MaxName = 64
	// MaxBody bounds the body that a handler or a mount receives, in bytes.
	MaxBody = 1 << 20
)
