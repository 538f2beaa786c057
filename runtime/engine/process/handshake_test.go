package process

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestRelayFindsTheHandshakeAmongWhatIsPrinted(t *testing.T) {
	const line = "1|1|unix|/tmp/x/plugin123|grpc|\n"
	printed := "loading tables...\n|||\n1|x|unix|/tmp|grpc\n" + strings.Repeat("long ", 2000) + "\n"
	var output bytes.Buffer
	var found []string
	relay(strings.NewReader(printed+line+"and more\n"+line+"no end of line"),
		func(line []byte) { output.Write(line) },
		func(abi int, line []byte) { found = append(found, fmt.Sprint(abi, " ", string(line))) })
	if len(found) != 1 || found[0] != "1 "+line {
		t.Errorf("found %q", found)
	}
	if want := printed + "and more\n" + line + "no end of line"; output.String() != want {
		t.Errorf("printed %q, want %q", output.String(), want)
	}
}

func FuzzHandshake(f *testing.F) {
	f.Add([]byte("1|99|unix|/tmp/plugin|grpc|\n"))
	f.Add([]byte("hello|1|2|3\n1|1|tcp|127.0.0.1:1|netrpc\nx"))
	f.Add(bytes.Repeat([]byte("1|"), 5000))
	f.Fuzz(func(t *testing.T, data []byte) {
		var seen []byte
		lines := 0
		relay(bytes.NewReader(data),
			func(line []byte) { seen = append(seen, line...) },
			func(_ int, line []byte) { seen = append(seen, line...); lines++ })
		if !bytes.Equal(seen, data) {
			t.Errorf("of %q came %q", data, seen)
		}
		if lines > 1 {
			t.Errorf("%d handshakes", lines)
		}
	})
}
