package files

import (
	"bufio"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
)

const crashFolder = "QUOIN_TEST_FILES_CRASH"

func TestMain(m *testing.M) {
	if folder := os.Getenv(crashFolder); folder != "" {
		if err := putForEver(folder); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

func openAt(ctx context.Context, folder string) (*Files, func(), error) {
	s, err := sqlitestore.Open(ctx, sqlitestore.Config{Dir: filepath.Join(folder, "store")})
	if err != nil {
		return nil, nil, err
	}
	if err := s.Ensure(ctx, Specs()...); err != nil {
		return nil, nil, err
	}
	files, err := Open(ctx, Config{URL: (&url.URL{Scheme: "file", Path: filepath.Join(folder, "blobs")}).String(), Store: s, Spool: folder})
	return files, func() { s.Close() }, err
}

// putForEver stores one file after the other and prints the name of each that is stored.
func putForEver(folder string) error {
	files, closeStore, err := openAt(context.Background(), folder)
	if err != nil {
		return err
	}
	defer closeStore()
	for i := 0; ; i++ {
		content := strings.Repeat(fmt.Sprint(os.Getpid(), " ", i, "\n"), 1+i%20*2000)
		stored, err := files.Put(context.Background(), strings.NewReader(content), 1<<30)
		if err != nil {
			return err
		}
		fmt.Println(stored.Hash)
	}
}

// Whatever was stored is there, whole, after kill -9; whatever was not leaves nothing that a collection does not find.
func TestKilled(t *testing.T) {
	folder := t.TempDir()
	var acknowledged []string
	for range 5 {
		command := exec.Command(os.Args[0])
		command.Env = append(os.Environ(), crashFolder+"="+folder)
		out, err := command.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			acknowledged = append(acknowledged, lines.Text())
			if n == 20 {
				command.Process.Kill()
			}
		}
		if err := command.Wait(); err == nil || strings.Contains(err.Error(), "exit status 1") {
			t.Fatalf("the writer ended with %v", err)
		}
	}
	ctx := context.Background()
	files, closeStore, err := openAt(ctx, folder)
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore()
	for _, hash := range acknowledged {
		if err := files.Verify(ctx, hash); err != nil {
			t.Error(err)
		}
	}
	if err := files.Each(ctx, func(b Blob) error { return files.Verify(ctx, b.Hash) }); err != nil {
		t.Error(err)
	}
	later := time.Now().Add(48 * time.Hour)
	files.config.Now = func() time.Time { return later }
	held := func(_ context.Context, hashes []string) (map[string]bool, error) {
		all := map[string]bool{}
		for _, hash := range hashes {
			all[hash] = true
		}
		return all, nil
	}
	if _, err := files.Collect(ctx, held); err != nil {
		t.Fatal(err)
	}
	documents, objects := 0, 0
	if err := files.Each(ctx, func(b Blob) error { documents++; return files.Verify(ctx, b.Hash) }); err != nil {
		t.Error(err)
	}
	filepath.WalkDir(filepath.Join(folder, "blobs"), func(_ string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			objects++
		}
		return err
	})
	if documents < len(acknowledged) || documents != objects {
		t.Errorf("%d acknowledged, %d documents, %d objects", len(acknowledged), documents, objects)
	}
}
