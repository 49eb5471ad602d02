package deploy

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	"sigs.k8s.io/yaml"
)

const folder = "../../deploy"

// manifest reads a manifest into the type of the Kubernetes API; a field that the
// type has not, or that stands twice, is an error.
func manifest[T any](t *testing.T, name, apiVersion, kind string) T {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, "kubernetes", name))
	if err != nil {
		t.Fatal(err)
	}
	var object T
	if err := yaml.UnmarshalStrict(data, &object); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var head struct{ APIVersion, Kind string }
	if err := yaml.Unmarshal(data, &head); err != nil || head.APIVersion != apiVersion || head.Kind != kind {
		t.Errorf("%s: is %s %s, expected %s %s", name, head.APIVersion, head.Kind, apiVersion, kind)
	}
	return object
}

// The manifests are of their kinds, and agree with each other.
func TestKubernetes(t *testing.T) {
	set := manifest[apps.StatefulSet](t, "statefulset.yaml", "apps/v1", "StatefulSet")
	service := manifest[core.Service](t, "service.yaml", "v1", "Service")
	budget := manifest[policy.PodDisruptionBudget](t, "poddisruptionbudget.yaml", "policy/v1", "PodDisruptionBudget")
	network := manifest[networking.NetworkPolicy](t, "networkpolicy.yaml", "networking.k8s.io/v1", "NetworkPolicy")
	secret := manifest[core.Secret](t, "secret.example.yaml", "v1", "Secret")

	labels := set.Spec.Template.Labels
	for what, selector := range map[string]map[string]string{
		"stateful set": set.Spec.Selector.MatchLabels, "service": service.Spec.Selector,
		"budget": budget.Spec.Selector.MatchLabels, "network policy": network.Spec.PodSelector.MatchLabels,
	} {
		if len(selector) == 0 {
			t.Errorf("%s selects nothing", what)
		}
		for key, value := range selector {
			if labels[key] != value {
				t.Errorf("%s selects %s=%s; pods have %v", what, key, value, labels)
			}
		}
	}
	if set.Spec.ServiceName != service.Name || service.Spec.ClusterIP != "None" || !service.Spec.PublishNotReadyAddresses {
		t.Errorf("service %q of the set, is %q: expected a headless one that names nodes before they are ready", set.Spec.ServiceName, service.Name)
	}
	pod := set.Spec.Template.Spec
	if pod.TerminationGracePeriodSeconds == nil || *pod.TerminationGracePeriodSeconds < 30 {
		t.Error("no time to leave: expected a grace period of 30 s or more")
	}
	if len(pod.Containers) != 1 {
		t.Fatalf("%d containers, expected the node", len(pod.Containers))
	}
	node := pod.Containers[0]
	if s := node.SecurityContext; s == nil || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem || s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation {
		t.Error("the container may change its system or gain privileges")
	}
	if s := pod.SecurityContext; s == nil || s.RunAsNonRoot == nil || !*s.RunAsNonRoot || s.FSGroup == nil {
		t.Error("the pod runs as root, or cannot read its keys")
	}
	ports := map[string]int32{}
	for _, p := range node.Ports {
		ports[p.Name] = p.ContainerPort
	}
	for _, p := range service.Spec.Ports {
		if ports[p.TargetPort.StrVal] != p.Port {
			t.Errorf("service's port %d leads to %q, which is %d", p.Port, p.TargetPort.StrVal, ports[p.TargetPort.StrVal])
		}
	}
	if port := node.ReadinessProbe.TCPSocket.Port.StrVal; ports[port] == 0 {
		t.Errorf("the probe asks port %q, which the container has not", port)
	}
	mounted := map[string]bool{}
	for _, m := range node.VolumeMounts {
		mounted[m.Name] = true
	}
	if len(set.Spec.VolumeClaimTemplates) != 1 || !mounted[set.Spec.VolumeClaimTemplates[0].Name] {
		t.Error("the volume for data is not mounted")
	}
	if v := pod.Volumes[0]; v.Secret == nil || v.Secret.SecretName != secret.Name || !mounted[v.Name] || *v.Secret.DefaultMode&0o007 != 0 {
		t.Errorf("keys are mounted as %+v; expected the secret %q, and nobody else to read it", v, secret.Name)
	}
	if want := secretFiles(); len(secret.StringData) != len(want) {
		t.Errorf("secret holds %v, expected %v", secret.StringData, want)
	} else {
		for _, name := range want {
			if _, there := secret.StringData[name]; !there {
				t.Errorf("secret has no %s", name)
			}
		}
	}
	checkArguments(t, "statefulset.yaml", node.Args)
	for k := range int(*set.Spec.Replicas) {
		host := set.Name + "-" + string(rune('0'+k)) + "." + service.Name + ":"
		if !strings.Contains(strings.Join(node.Args, " "), host) {
			t.Errorf("nodes do not join %s", host)
		}
	}
}

// What kustomization.yaml names is there, and is all but the example.
func TestKustomization(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(folder, "kubernetes", "kustomization.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var k struct {
		APIVersion, Kind string
		Resources        []string
	}
	if err := yaml.UnmarshalStrict(data, &k); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Join(folder, "kubernetes"))
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, e := range entries {
		if e.Name() != "kustomization.yaml" && e.Name() != "secret.example.yaml" {
			files = append(files, e.Name())
		}
	}
	slices.Sort(k.Resources)
	if !slices.Equal(files, k.Resources) {
		t.Errorf("names %v; there are %v", k.Resources, files)
	}
}
