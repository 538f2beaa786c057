package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/quoin-lms/quoin/runtime/packages"
)

// keysNew makes a publisher's key.
func keysNew(_ context.Context, p *Parts, args []string) error {
	set := newFlags(p, "block keys new")
	out := set.String("out", "publisher.key", "`file` for the private key; the public one gets .pub behind it")
	plain := set.Bool("no-password", false, "keep the private key without a password, readable for this user alone")
	words, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(words) != 0 {
		return errUsage
	}
	for _, name := range []string{*out, *out + ".pub"} {
		if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is there already; a key that is overwritten is lost: name another file with --out", name)
		}
	}
	password := ""
	if !*plain {
		fmt.Fprint(p.Err, "password for the key (first line of the input; --no-password for none): ")
		password, err = keyPassword(p.In)
		fmt.Fprintln(p.Err)
		if err != nil {
			return err
		}
	}
	private, public, err := packages.NewKey(password)
	if err != nil {
		return err
	}
	if err := writeWhole(*out, private, 0o600); err != nil {
		return err
	}
	if err := writeWhole(*out+".pub", []byte("untrusted comment: publisher's public key\n"+string(public)+"\n"), 0o644); err != nil {
		return err
	}
	fmt.Fprintf(p.Out, "public key %s, in %s.pub: tell it to those who install your blocks\nprivate key in %s: whoever has it can publish in your name\n",
		public, *out, *out)
	return nil
}

// keyPassword reads a password, which may not be empty.
func keyPassword(in io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(in, maxPassword)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", errors.New("the first line of the input must be the key's password, as in printf '%s\\n' \"$PASSWORD\" | quoin block sign")
	}
	return line, nil
}

// openPrivate reads a private key's file, and its password where it has one.
func openPrivate(p *Parts, path string) (private []byte, password string, err error) {
	if private, err = os.ReadFile(path); err != nil {
		return nil, "", err
	}
	if !packages.Encrypted(private) {
		return private, "", nil
	}
	fmt.Fprintf(p.Err, "password for %s (first line of the input): ", path)
	password, err = keyPassword(p.In)
	fmt.Fprintln(p.Err)
	return private, password, err
}

// keysRotate says that a publisher goes on with another key.
func keysRotate(_ context.Context, p *Parts, args []string) error {
	set := newFlags(p, "block keys rotate")
	from := set.String("key", "", "`file` with the old private key")
	to := set.String("to", "", "the new public `key`, or a file with it")
	out := set.String("out", "rotations.json", "`file` to write; what stands in it stays")
	words, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(words) != 0 || *from == "" || *to == "" {
		return errUsage
	}
	next, err := readKey(*to)
	if err != nil {
		return err
	}
	earlier, err := readRotations(*out)
	if err != nil {
		return err
	}
	private, password, err := openPrivate(p, *from)
	if err != nil {
		return err
	}
	rotation, err := packages.Rotate(private, password, next)
	if err != nil {
		return err
	}
	data, err := packages.EncodeRotations(append(earlier, rotation))
	if err != nil {
		return err
	}
	if err := writeWhole(*out, data, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(p.Out, "%s: from %s\n  to %s\nsign with the new key and --rotations %s, so that sites that know the old one take it\n", *out, rotation.From, next, *out)
	return nil
}

// readRotations reads a file of rotations; none is no error.
func readRotations(path string) ([]packages.Rotation, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	list, err := packages.ParseRotations(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return list, nil
}

// blockSign puts a publisher's signature into an archive.
func blockSign(ctx context.Context, p *Parts, args []string) error {
	set := newFlags(p, "block sign")
	key := set.String("key", "", "`file` with the private key; quoin block keys new makes one")
	rotations := set.String("rotations", "", "`file` that leads from earlier keys to this one")
	out := set.String("out", "", "`file` to write; the archive itself when empty")
	words, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(words) != 1 || *key == "" {
		return errUsage
	}
	var earlier []packages.Rotation
	if *rotations != "" {
		if _, err := os.Stat(*rotations); err != nil {
			return err
		}
		if earlier, err = readRotations(*rotations); err != nil {
			return err
		}
	}
	archive, err := readArchive(words[0])
	if err != nil {
		return err
	}
	private, password, err := openPrivate(p, *key)
	if err != nil {
		return err
	}
	signed, public, err := packages.Sign(ctx, archive, private, password, earlier)
	if err != nil {
		return err
	}
	if *out == "" {
		*out = words[0]
	}
	if err := writeWhole(*out, signed, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(p.Out, "%s: signed by %s\n", *out, public)
	return nil
}

// readArchive reads a whole archive, which has a bound.
func readArchive(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, packages.MaxArchive+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	if len(data) > packages.MaxArchive {
		return nil, fmt.Errorf("%s has more than %d bytes: it is no archive of a block", path, packages.MaxArchive)
	}
	return data, nil
}
