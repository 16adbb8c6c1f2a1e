package exporter

import (
	"errors"
	"fmt"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
)

// newResource describes the process. Attributes are taken from, in order,
// [WithServiceName], [WithResource], the environment and the SDK's defaults.
// The SDK leaves service.instance.id out; without it, two processes of one
// service cannot be told apart.
func newResource(c config) (*resource.Resource, error) {
	id, err := uuid.NewRandom()
	if err != nil {
		return nil, fmt.Errorf("exporter: service.instance.id: %w", err)
	}
	layers := []*resource.Resource{
		resource.NewSchemaless(attribute.String("service.instance.id", id.String())),
		resource.Default(),
		c.resource,
	}
	if c.serviceName != "" {
		layers = append(layers, resource.NewSchemaless(attribute.String("service.name", c.serviceName)))
	}
	merged := resource.Empty()
	for _, layer := range layers {
		merged, err = resource.Merge(merged, layer)
		// Different schema versions only leave the whole without a schema,
		// which Prometheus does not see.
		if err != nil && !errors.Is(err, resource.ErrSchemaURLConflict) {
			return nil, fmt.Errorf("exporter: resource: %w", err)
		}
	}
	return merged, nil
}
