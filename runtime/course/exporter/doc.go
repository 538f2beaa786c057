// Package exporter takes a course out again as the OLX archive that it came as: what nobody touched goes out byte for byte,
// what was changed is changed where it stands, what is new gets files of its own. Unknown elements, attributes and files stay.
//
// An export starts from the archive that the course was imported from, which the importer has kept. Each published block is
// compared with the revision that its element became on the way in. A block with another one is written in two ways:
//
//   - First by edits. Old and new content are both written as OLX, by the block's export_olx or, where it has none, attribute
//     by attribute; only what differs between the two is put into the element as it stands, so comments, spelling, order
//     and all that nobody knows stay as they are.
//   - What was so put together is read again, by olx and by the blocks, and compared with what is published. A block that
//     does not read back as it should is written from its fields as a whole; attributes that nobody reads are kept even then.
//     What still differs is told in the report.
//
// A content library has no archive to start from: its components are written as new ones, into an archive of OLX or a backup.
//
// The archive is made in a nameless file and opened through package intake like one that comes from outside, so a name that
// would be refused on the way in does not get out either. Equal courses give equal bytes.
package exporter
