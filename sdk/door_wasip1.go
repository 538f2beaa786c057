//go:build wasip1

package sdk

import (
	"runtime"
	"strings"
	"unsafe"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// The guest's door: the three exports of the ABI and the host's functions. One instance serves one call at a time, and its
// memory goes back to the state after Guest before each, so these variables are all the state there is.
var (
	served  Block
	request []byte
	reply   []byte
)

// Guest registers the block of this module. The generated main calls it while the module initialises; the host takes its
// image of the memory afterwards. It serves one call of each kind on empty values, so that the tables which encoding/json
// builds at first use are part of that image and not built again in every call.
func Guest(b Block) {
	served = b
	w, ok := b.(interface{ warm() })
	if ok {
		w.warm()
	}
	runtime.GC()
	if ok {
		w.warm() // again: the collector emptied the pools and the allocator's free lists, which each call would fill anew
	}
}

//go:wasmexport quoin_abi
func guestABI() int32 { return wire.ABI }

//go:wasmexport quoin_alloc
func guestAlloc(n int32) unsafe.Pointer {
	if n < 0 || n > wire.MaxFrame {
		return nil
	}
	request = make([]byte, n+1)
	return unsafe.Pointer(&request[0])
}

//go:wasmexport quoin_call
func guestCall(_ unsafe.Pointer, n int32) int64 {
	reply = served.Serve(guestHost{}, request[:n])
	return int64(uintptr(unsafe.Pointer(unsafe.SliceData(reply))))<<32 | int64(len(reply))
}

//go:wasmimport quoin service
//go:noescape
func hostService(address unsafe.Pointer, length int32) int32

//go:wasmimport quoin take
//go:noescape
func hostTake(address unsafe.Pointer)

//go:wasmimport quoin log
//go:noescape
func hostLog(level int32, address unsafe.Pointer, length int32)

type guestHost struct{}

func (guestHost) Service(frame []byte) []byte {
	n := hostService(unsafe.Pointer(unsafe.SliceData(frame)), int32(len(frame)))
	reply := make([]byte, n+1)
	hostTake(unsafe.Pointer(&reply[0]))
	return reply[:n]
}

func (guestHost) Log(level int, line string) {
	line = strings.ToValidUTF8(line, "?")
	hostLog(int32(level/LevelWarn), unsafe.Pointer(unsafe.StringData(line)), int32(len(line)))
}
