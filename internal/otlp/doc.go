// Package otlp walks over the bodies of OTLP/HTTP requests, protobuf or JSON, and hands their spans or log records to a
// [Visitor], attribute by attribute.
//
// Nothing of a body is copied on the way: keys and values are slices of it, and whoever keeps one makes a copy. So a
// prompt of a megabyte in an attribute that nobody asks for costs its length once, a walk allocates nothing, and no body
// can make it take more memory than it has itself. Generated messages would copy every attribute first. Of 1,000 spans
// with a prompt and an answer of 1 kB each, all of ingest's work takes 3 ms in protobuf and 7 in JSON; to parse alone takes
// generated messages 9 ms, encoding/json 32 and protojson 45 (BenchmarkOTLP in ingest).
//
// The JSON walker takes what exporters really send: names in camelCase and in snake_case, 64-bit integers as strings and
// as numbers, ids in hexadecimal and in base64, enums as numbers and as names, null for anything. Both walkers pass over
// fields that they do not know. A value of the wrong type is passed over too; a body whose structure is broken is an error
// that says where.
package otlp
