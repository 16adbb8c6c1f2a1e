// Command check reads Kubernetes manifests from standard input as strictly as an API server would with
// --validate=strict: a kind that it does not know, a field that its type does not have and a key that is there twice are
// errors. It prints what it read, and fails when one of the kinds that are its arguments is missing.
//
// It is a module of its own, so that nobody who uses genmeter downloads Kubernetes.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes/scheme"
)

func main() {
	kinds, err := check(os.Stdin, os.Stdout)
	for _, want := range os.Args[1:] {
		if !slices.Contains(kinds, want) {
			err = errors.Join(err, fmt.Errorf("no %s among %v", want, kinds))
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// check decodes every document, prints a line for each, and returns the kinds that it found.
func check(manifests io.Reader, out io.Writer) (kinds []string, err error) {
	types := runtime.NewScheme()
	if err := errors.Join(scheme.AddToScheme(types), monitoring.AddToScheme(types)); err != nil {
		return nil, err
	}
	decoder := serializer.NewCodecFactory(types, serializer.EnableStrict).UniversalDeserializer()
	documents := yaml.NewYAMLReader(bufio.NewReader(manifests))
	for n := 1; ; n++ {
		document, readErr := documents.Read()
		if errors.Is(readErr, io.EOF) {
			return kinds, err
		}
		if readErr != nil {
			return kinds, errors.Join(err, readErr)
		}
		object, gvk, decodeErr := decoder.Decode(document, nil, nil)
		if decodeErr != nil {
			err = errors.Join(err, fmt.Errorf("document %d: %w", n, decodeErr))
			continue
		}
		about, metaErr := meta.Accessor(object)
		if metaErr != nil || about.GetName() == "" {
			err = errors.Join(err, fmt.Errorf("document %d: a %s without a name", n, gvk.Kind), metaErr)
			continue
		}
		fmt.Fprintf(out, "%s %s %s\n", gvk.GroupVersion(), gvk.Kind, about.GetName())
		kinds = append(kinds, gvk.Kind)
	}
}
