// Package intake holds the guarded readers of what comes from outside: archives and folders ([Open], [OpenArchive],
// [OpenFolder]), names ([CheckPath]) and XML ([ParseXML]). Whatever enters the platform as a file enters through here, so
// that each limit and each refusal exists once (requirement R22).
//
// An archive or a folder becomes a [Files]: a read-only snapshot, addressed by path, each file with its size and SHA-256.
// Nothing is ever written under a name that an archive chose: small files stay in memory, the others lie one after the other
// in a single nameless spool file of the caller's temporary folder. Limits hold on bytes as they are decoded, whatever the
// headers say.
//
// XML is read by a parser of our own, because nothing in the standard library keeps where things stand: each node knows its
// exact bytes, line and column, so that an importer can quote them and an exporter can give them back untouched. There is no
// DTD: a document type with declarations of its own is refused, entities are the five of XML, character references and, where
// the caller allows them, the fixed names of HTML.
//
// What is refused says so with an [Error]: a closed [Code], the file, for XML line and column, and how to mend it.
package intake
