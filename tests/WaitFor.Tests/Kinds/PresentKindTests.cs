using WaitFor.Kinds;
using WaitFor.Kubernetes.Discovery;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;
using WaitFor.Watching;

namespace WaitFor.Tests.Kinds;

/// <summary>Kinds without a status, which the server has to be asked about, are ready when they exist; others are not.</summary>
public sealed class PresentKindTests
{
    [Theory]
    [InlineData("CronJob", "batch", "Met ObjectExists")]
    [InlineData("Ingress", "networking.k8s.io", "Met ObjectExists")]
    [InlineData("PodDisruptionBudget", "policy", "Met ObjectExists")]
    [InlineData("ResourceQuota", "", "Met ObjectExists")]
    [InlineData("ValidatingAdmissionPolicy", "admissionregistration.k8s.io", "Met ObjectExists")]
    [InlineData("RuntimeClass", "node.k8s.io", "Met ObjectExists")]
    [InlineData("CSIDriver", "storage.k8s.io", "Met ObjectExists")]
    [InlineData("VolumeAttributesClass", "storage.k8s.io", "Met ObjectExists")]
    [InlineData("PodTemplate", "", "Met ObjectExists")]
    [InlineData("Ingress", "example.com", "Pending ObjectNotReady")]
    [InlineData("Widget", "example.com", "Pending ObjectNotReady")]
    public void What_exists_is_ready_where_no_controller_reports(string kind, string group, string expected)
    {
        var found = new GenericKind(kind) { Found = new ApiResource(group, "v1", kind.ToLowerInvariant() + "s", kind, Namespaced: true) };
        var target = new Target(new Expectation { Kind = TargetKind.Other, Named = true }, "a", Selector: null);
        var state = StateReader.WholeObject("""{"metadata":{"name":"a"}}"""u8.ToArray());

        var verdict = found.Judge(target, state);

        Assert.Equal(expected, $"{verdict.Kind} {verdict.Code}");
    }
}
