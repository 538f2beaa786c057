// Package backup takes a running site's embedded store, files, secret and kept blocks into one archive, and puts a site back
// together from it.
//
// The store is copied at one moment; files and kept blocks are copied after it. Both only ever grow while something refers to
// them, so the copy of the store finds everything that it names. What nobody referred to any more and was collected meanwhile
// is listed as gone.
//
// An archive is a gzipped tar. Nothing in it is encrypted: it holds what the data folder holds, the secret included, and is
// as private. Its last entry, backup.json, says what the others must be; files carry their hash as their name.
package backup
