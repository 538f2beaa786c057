// Package installed keeps the blocks that admins installed on a site: which there are, which version of each is current, what
// it was allowed, by whom and when, and where it is switched on. That is one document of the store, so each change happens as a
// whole or not at all, and every process of a cluster follows it: it hears of changes on the bus, and looks at the document's
// version by itself twice a second.
//
// The packages' bytes are files of the site. A process fetches those that it needs, unpacks them into its own folder and gives
// them to the registry beside the blocks of the binary, whose names nobody else can take.
//
// The way of a package is: [Set.Review] reads it and runs nothing; [Set.Try] loads it into the sandbox, compares what it says of
// itself with what is installed, plays its samples and rehearses it with copies of what learners stored; [Set.Install] does both
// and makes it current, if every rule holds and whoever installs consented to what needs consent. A package is named by the digest
// of its index throughout: what was reviewed is what runs.
package installed
