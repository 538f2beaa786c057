package wasm

import (
	"context"
	"encoding/binary"
	"math/rand/v2"

	"github.com/tetratelabs/wazero/api"
)

// wasiModule is WASI preview 1. Ours has no network and no environment, and neither files nor arguments but those of programs
// (process.go). The clock starts at the call's instant and moves when it is read or slept on; randomness is a stream from the
// call's bytes. Nothing of it outlives a call, so a guest cannot leave a trace in it.
const wasiModule = "wasi_snapshot_preview1"

// WASI's error numbers.
const (
	wasiSuccess = 0
	wasiBadf    = 8
	wasiFault   = 21
	wasiInval   = 28
	wasiNosys   = 52
)

// wasiFunctions are the functions of preview 1 with their parameters: i is i32, I is i64. All but proc_exit give an errno.
// Those without a Go function answer that they are not supported, and so do those of programs to others.
var wasiFunctions = map[string]struct {
	params string
	do     func(s *state, m api.Module, p []uint64) uint64
}{
	"args_get": {"ii", argsGet}, "args_sizes_get": {"ii", argsSizes},
	"environ_get": {"ii", done}, "environ_sizes_get": {"ii", twoZeros},
	"clock_res_get": {"ii", clockRes}, "clock_time_get": {"iIi", clockTime},
	"fd_write": {"iiii", fdWrite}, "fd_read": {"iiii", fdRead}, "fd_close": {"i", fdClose},
	"fd_fdstat_get": {"ii", fdStat}, "fd_fdstat_set_flags": {"ii", done},
	"fd_prestat_get": {"ii", fdPrestat}, "fd_prestat_dir_name": {"iii", fdPrestatName}, "fd_seek": {"iIii", fdSeek},
	"poll_oneoff": {"iiii", poll}, "sched_yield": {"", done}, "random_get": {"ii", randomGet},
	"fd_advise": {params: "iIIi"}, "fd_allocate": {params: "iII"}, "fd_datasync": {params: "i"}, "fd_fdstat_set_rights": {params: "iII"},
	"fd_filestat_get": {"ii", fdFilestat}, "fd_filestat_set_size": {params: "iI"}, "fd_filestat_set_times": {params: "iIIi"},
	"fd_pread": {"iiiIi", fdPread}, "fd_pwrite": {params: "iiiIi"}, "fd_readdir": {"iiiIi", fdReaddir}, "fd_renumber": {params: "ii"},
	"fd_sync": {params: "i"}, "fd_tell": {"ii", fdTell},
	"path_create_directory": {params: "iii"}, "path_filestat_get": {"iiiii", pathFilestat}, "path_filestat_set_times": {params: "iiiiIIi"},
	"path_link": {params: "iiiiiii"}, "path_open": {"iiiiiIIii", pathOpen}, "path_readlink": {params: "iiiiii"},
	"path_remove_directory": {params: "iii"}, "path_rename": {params: "iiiiii"}, "path_symlink": {params: "iiiii"},
	"path_unlink_file": {params: "iii"}, "proc_exit": {params: "i"}, "proc_raise": {params: "i"},
	"sock_accept": {params: "iii"}, "sock_recv": {params: "iiiiii"}, "sock_send": {params: "iiiii"}, "sock_shutdown": {params: "ii"},
}

// ofPrograms are the functions that do something for programs alone.
var ofPrograms = map[string]bool{"fd_tell": true, "path_open": true, "fd_readdir": true, "fd_pread": true, "path_filestat_get": true}

// wasi defines the module.
func (e *Engine) wasi(ctx context.Context) error {
	builder := e.runtime.NewHostModuleBuilder(wasiModule)
	for name, f := range wasiFunctions {
		params := make([]api.ValueType, len(f.params))
		for i, p := range f.params {
			params[i] = i32
			if p == 'I' {
				params[i] = i64
			}
		}
		if name == "proc_exit" {
			builder.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(exit), params, nil).Export(name)
			continue
		}
		do := f.do
		if do == nil {
			do = func(*state, api.Module, []uint64) uint64 { return wasiNosys }
		}
		builder.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(ctx context.Context, m api.Module, stack []uint64) {
			for n, p := range f.params {
				if p == 'i' { // the upper half of an i32 is anything
					stack[n] = uint64(uint32(stack[n]))
				}
			}
			s, result := stateOf(ctx), uint64(wasiNosys)
			if !ofPrograms[name] || s.process != nil {
				result = do(s, m, stack)
			}
			if len(stack) > 0 {
				stack[0] = result
			}
		}), params, []api.ValueType{i32}).Export(name)
	}
	_, err := builder.Instantiate(ctx)
	return err
}

func exit(ctx context.Context, _ api.Module, stack []uint64) {
	s := stateOf(ctx)
	s.exit, s.exited = uint32(stack[0]), true
	panic(trapped{"the guest ended"})
}

func done(*state, api.Module, []uint64) uint64 { return wasiSuccess }

func put32(m api.Module, address uint64, value uint32) uint64 {
	if !m.Memory().WriteUint32Le(uint32(address), value) {
		return wasiFault
	}
	return wasiSuccess
}

func put64(m api.Module, address, value uint64) uint64 {
	if !m.Memory().WriteUint64Le(uint32(address), value) {
		return wasiFault
	}
	return wasiSuccess
}

func twoZeros(_ *state, m api.Module, p []uint64) uint64 {
	if put32(m, p[0], 0) != wasiSuccess {
		return wasiFault
	}
	return put32(m, p[1], 0)
}

func clockRes(_ *state, m api.Module, p []uint64) uint64 { return put64(m, p[1], 1000) }

// clockTime gives the time and moves it by a microsecond, so that loops that wait for it end.
func clockTime(s *state, m api.Module, p []uint64) uint64 {
	now := s.clock
	s.clock += 1000
	return put64(m, p[2], uint64(now))
}

func randomGet(s *state, m api.Module, p []uint64) uint64 {
	data, ok := m.Memory().Read(uint32(p[0]), uint32(p[1]))
	if !ok {
		return wasiFault
	}
	s.charge(costRandom * int64(len(data)))
	if s.random == nil {
		var seed [32]byte
		copy(seed[:], s.call.Random[:])
		s.random = rand.NewChaCha8(seed)
	}
	_, _ = s.random.Read(data) // never fails
	return wasiSuccess
}

// fdWrite takes standard output and error into the block's log.
func fdWrite(s *state, m api.Module, p []uint64) uint64 {
	fd, vectors, count := uint32(p[0]), uint32(p[1]), uint32(p[2])
	if fd != 1 && fd != 2 {
		return wasiBadf
	}
	if count > 1024 {
		return wasiInval
	}
	s.charge(costLine + costEvent*int64(count))
	var written uint32
	for n := range count {
		vector, ok := m.Memory().Read(vectors+8*n, 8)
		if !ok {
			return wasiFault
		}
		data, ok := m.Memory().Read(binary.LittleEndian.Uint32(vector), binary.LittleEndian.Uint32(vector[4:]))
		if !ok {
			return wasiFault
		}
		if s.process != nil && fd == descriptorOut {
			s.print(data)
		} else {
			s.stderr(data)
			s.log(0, text(data, s.limits.Logs))
		}
		written += uint32(len(data))
	}
	return put32(m, p[3], written)
}

// poll answers subscriptions to the clock: the guest's time moves on and nobody waits.
func poll(s *state, m api.Module, p []uint64) uint64 {
	in, out, count := uint32(p[0]), uint32(p[1]), uint32(p[2])
	if count == 0 || count > 1024 {
		return wasiInval
	}
	s.charge(costEvent * int64(count))
	for n := range count {
		subscription, ok := m.Memory().Read(in+48*n, 48)
		if !ok {
			return wasiFault
		}
		event := make([]byte, 32)
		copy(event, subscription[:8])
		kind := subscription[8]
		event[10] = kind
		if kind == 0 {
			s.sleep(binary.LittleEndian.Uint64(subscription[24:]), subscription[40]&1 == 1)
		} else {
			binary.LittleEndian.PutUint16(event[8:], wasiBadf)
		}
		if !m.Memory().Write(out+32*n, event) {
			return wasiFault
		}
	}
	return put32(m, p[3], count)
}

// maxSleep bounds one step of the guest's clock, in nanoseconds: an hour.
const maxSleep = 3_600_000_000_000

// sleep moves the clock by a timeout, or to an instant.
func (s *state) sleep(timeout uint64, absolute bool) {
	if absolute {
		s.clock = max(s.clock, int64(min(timeout, uint64(s.clock)+maxSleep)))
		return
	}
	s.clock += int64(min(timeout, maxSleep))
}
