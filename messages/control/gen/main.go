// Command gen writes control.pb.go from control.proto, with the compiler of buf and
// the generator of protobuf as libraries: nothing needs to be installed.
package main

import (
	"context"
	"flag"
	"log"
	"os"

	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/protoutil"
	gengo "google.golang.org/protobuf/cmd/protoc-gen-go/internal_gengo"
	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/pluginpb"
)

func main() {
	log.SetFlags(0)
	dir, name, out := flag.String("dir", "..", "where the schema is"), flag.String("proto", "control.proto", "the schema"), flag.String("out", "../control.pb.go", "the file to write")
	flag.Parse()
	if err := generate(*dir, *name, *out); err != nil {
		log.Fatal("gen: ", err)
	}
}

func generate(dir, name, out string) error {
	compiler := protocompile.Compiler{
		Resolver:       &protocompile.SourceResolver{ImportPaths: []string{dir}},
		SourceInfoMode: protocompile.SourceInfoStandard, // comments
	}
	files, err := compiler.Compile(context.Background(), name)
	if err != nil {
		return err
	}
	request := &pluginpb.CodeGeneratorRequest{
		FileToGenerate: []string{name},
		Parameter:      proto.String("paths=source_relative"),
		ProtoFile:      []*descriptorpb.FileDescriptorProto{protoutil.ProtoFromFileDescriptor(files[0])},
	}
	plugin, err := protogen.Options{}.New(request)
	if err != nil {
		return err
	}
	gengo.GenerateFile(plugin, plugin.FilesByPath[name])
	response := plugin.Response()
	if response.Error != nil {
		log.Fatal("gen: ", *response.Error)
	}
	return os.WriteFile(out, []byte(response.File[0].GetContent()), 0o644)
}
