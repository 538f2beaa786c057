package process

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
)

// maxHandshake bounds go-plugin's handshake line in bytes.
const maxHandshake = 4 << 10

// handshake reads the one line that go-plugin expects on standard output, "1|ABI|unix|PATH|grpc|...". Any other line is
// what the block's code printed.
func handshake(line []byte) (abi int, ok bool) {
	fields := bytes.Split(bytes.TrimSpace(line), []byte("|"))
	if len(fields) < 4 || len(line) > maxHandshake {
		return 0, false
	}
	if _, err := strconv.ParseUint(string(fields[0]), 10, 16); err != nil {
		return 0, false
	}
	abi, err := strconv.Atoi(string(fields[1]))
	return abi, err == nil && len(fields[2]) > 0 && len(fields[3]) > 0
}

// relay copies what a process prints to output, line by line, until its end. The first handshake line goes to found instead;
// nil looks for none.
func relay(from io.Reader, output func(line []byte), found func(abi int, line []byte)) {
	reader := bufio.NewReaderSize(from, maxHandshake)
	for {
		line, err := reader.ReadSlice('\n') // a line beyond the buffer comes in pieces
		if abi, ok := handshake(line); ok && found != nil {
			found(abi, line)
			found = nil
		} else if len(line) > 0 {
			output(line)
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return
		}
	}
}
