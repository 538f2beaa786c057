package intake

// Limits bound what an archive or a folder may hold. Sizes are bytes after decoding. A zero field takes the default given in
// brackets.
type Limits struct {
	Files        int   // entries, folders among them [50 000]
	FileBytes    int64 // one file [2 GiB]
	TotalBytes   int64 // all files [8 GiB]
	ArchiveBytes int64 // the archive as it came [4 GiB]
	Depth        int   // parts of a path [32]
	PathBytes    int   // a whole path [1 024]
	NameBytes    int   // one part of a path [255]
	// Ratio is how many decoded bytes one byte of the archive may give [200]. Below RatioFrom decoded bytes [64 MiB] it is not
	// looked at: small archives of repetitive text are no danger.
	Ratio     int64
	RatioFrom int64
	// A file of at most MemoryFile bytes [256 KiB] stays in memory, while all such together take at most MemoryTotal
	// [64 MiB]. The others lie in the spool.
	MemoryFile  int64
	MemoryTotal int64
}

func (l Limits) withDefaults() Limits {
	fill(&l.Files, 50_000)
	fill(&l.FileBytes, 2<<30)
	fill(&l.TotalBytes, 8<<30)
	fill(&l.ArchiveBytes, 4<<30)
	fill(&l.Depth, 32)
	fill(&l.PathBytes, 1024)
	fill(&l.NameBytes, 255)
	fill(&l.Ratio, 200)
	fill(&l.RatioFrom, 64<<20)
	fill(&l.MemoryFile, 256<<10)
	fill(&l.MemoryTotal, 64<<20)
	return l
}

func fill[T int | int64](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}

// Options say how to open. The zero value works.
type Options struct {
	Limits Limits
	// TempDir is where the spool file lies; "" is the system's. The spool has no name there while it is in use (on systems
	// that can remove an open file), so a crash leaves nothing behind.
	TempDir string
	// RefuseCaseClash refuses two names that differ in upper and lower case alone. Course archives hold such pairs and they do
	// no harm here; what will be unpacked onto a disk that folds case must not.
	RefuseCaseClash bool
	// Progress, if set, is called after each file and every few megabytes, by the goroutine that opens.
	Progress func(Progress)
}

// Progress is how far opening has come. Of is 0 for a folder, whose size is not known before.
type Progress struct {
	Files int   // files kept so far
	Bytes int64 // their decoded bytes
	Read  int64 // bytes of the archive read so far
	Of    int64 // bytes of the archive
}
