using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts;

/// <summary>The verdict on services, by all their EndpointSlices.
/// <see href="https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/"/></summary>
public static class ServiceRules
{
    /// <summary>Judges one service by its name.</summary>
    /// <param name="expected">What was asked.</param>
    /// <param name="service">Its last known state; null when it does not exist.</param>
    /// <param name="slices">The last known state of its slices (slices of other services are skipped).</param>
    public static Verdict Named(Expectation expected, ServiceState? service, IEnumerable<EndpointSliceState> slices) =>
        Named(expected, service, one => ByEndpoints(expected, one, slices));

    /// <summary>As <see cref="Named(Expectation, ServiceState?, IEnumerable{EndpointSliceState})"/>, where endpoints cannot be read: by the
    /// service's pods.</summary>
    /// <param name="expected">What was asked.</param>
    /// <param name="service">Its last known state; null when it does not exist.</param>
    /// <param name="pods">The last known state of the pods (those that its selector does not match do not count).</param>
    public static Verdict NamedByPods(Expectation expected, ServiceState? service, IEnumerable<PodState> pods) =>
        Named(expected, service, one => ByPods(expected, one, pods));

    /// <summary>Judges all services that match a selector: all Met, else Pending.</summary>
    /// <param name="expected">What was asked.</param>
    /// <param name="services">The last known state of all that match.</param>
    /// <param name="slices">The last known state of all slices of their namespaces.</param>
    public static Verdict Set(
        Expectation expected,
        IReadOnlyCollection<ServiceState> services,
        IReadOnlyCollection<EndpointSliceState> slices
    ) => Set(expected, services, one => ByEndpoints(expected, one, slices));

    /// <summary>As <see cref="Set(Expectation, IReadOnlyCollection{ServiceState}, IReadOnlyCollection{EndpointSliceState})"/>, where
    /// endpoints cannot be read: by the services' pods.</summary>
    /// <param name="expected">What was asked.</param>
    /// <param name="services">The last known state of all that match.</param>
    /// <param name="pods">The last known state of all pods of their namespaces.</param>
    public static Verdict SetByPods(Expectation expected, IReadOnlyCollection<ServiceState> services, IReadOnlyCollection<PodState> pods) =>
        Set(expected, services, one => ByPods(expected, one, pods));

    private static Verdict Named(Expectation expected, ServiceState? service, Func<ServiceState, Verdict> rest) =>
        service is null ? MissingRules.Decide(expected, "not found") : One(service, rest);

    private static Verdict Set(Expectation expected, IReadOnlyCollection<ServiceState> services, Func<ServiceState, Verdict> rest)
    {
        if (services.Count == 0)
            return MissingRules.Decide(expected, "no service matches the selector yet");

        var name = services.Namer();
        var objects = services
            .Select(service => new ObjectVerdict(name(service), One(service, rest)))
            .OrderBy(item => item.Name, StringComparer.Ordinal)
            .ToList();
        var met = objects.Count(item => item.Verdict.Kind == VerdictKind.Met);
        var verdict =
            objects.Find(item => item.Verdict.Kind == VerdictKind.Failed) is { } failed
                ? Verdict.Failed(failed.Verdict.Code, $"{failed.Name}: {failed.Verdict.Sentence}")
            : objects.Find(item => item.Verdict.Kind != VerdictKind.Met) is { } pending
                ? Verdict.Pending(
                    VerdictCode.ServiceNotReady,
                    $"{met} of {Words.Count(objects.Count, "service")} ready; {pending.Name}: {pending.Verdict.Sentence}"
                )
            : Verdict.Met(VerdictCode.ServiceReady, $"{met} of {Words.Count(met, "service")} ready");
        return verdict with { Objects = objects };
    }

    /// <summary>True for a service that is only another name for a host: it has no endpoints.</summary>
    public static bool IsExternalName(ServiceState service) => service.Spec?.Type is "ExternalName";

    private static Verdict One(ServiceState service, Func<ServiceState, Verdict> rest)
    {
        if (service.BeingDeleted())
            return Verdict.Pending(VerdictCode.BeingDeleted, "being deleted");
        if (IsExternalName(service))
            return Verdict.Met(
                VerdictCode.ServiceExternalName,
                $"stands for the external name {service.Spec?.ExternalName}: there is nothing to wait for"
            );
        return rest(service);
    }

    /// <summary>The pods of the service's selector, judged as a set of pods is: what k8s-wait-for does.</summary>
    private static Verdict ByPods(Expectation expected, ServiceState service, IEnumerable<PodState> pods)
    {
        if (service.Spec?.Selector is not { Count: > 0 } selector)
            return Verdict.Pending(VerdictCode.ServiceWithoutEndpoints, "it has no selector, and its endpoints cannot be read");
        var own = pods.Where(pod =>
                pod.Metadata?.Namespace == service.Metadata?.Namespace
                && selector.All(label => pod.Metadata?.Labels?.TryGetValue(label.Key, out var value) == true && value == label.Value)
            )
            .ToList();
        if (own.Count == 0)
            return Verdict.Pending(VerdictCode.ServiceWithoutEndpoints, "no pod matches its selector yet");
        var asPods = new Expectation
        {
            Kind = TargetKind.Pod,
            Named = false,
            MinReady = expected.MinReady,
        };
        var verdict = PodRules.Set(asPods, own);
        return verdict.Kind switch
        {
            VerdictKind.Met => Verdict.Met(VerdictCode.ServiceReady, verdict.Sentence),
            VerdictKind.Failed => Verdict.Failed(verdict.Code, verdict.Sentence),
            _ => Verdict.Pending(VerdictCode.ServiceNotReady, verdict.Sentence),
        };
    }

    private static Verdict ByEndpoints(Expectation expected, ServiceState service, IEnumerable<EndpointSliceState> slices)
    {
        var (ready, unready, terminating) = Count(slices.Where(slice => Belongs(slice, service)));
        var counts =
            $"{Words.Count(ready, "endpoint")} ready, {unready} not ready" + (terminating > 0 ? $", {terminating} terminating" : "");
        if (ready + unready + terminating == 0)
            return Verdict.Pending(VerdictCode.ServiceWithoutEndpoints, "no endpoints yet");

        if (expected.MinReady is { } least)
            return ready >= least
                ? Verdict.Met(VerdictCode.ServiceReady, $"{counts}, at least {least} needed")
                : Verdict.Pending(VerdictCode.ServiceNotReady, $"{counts}, at least {least} needed");
        return ready > 0 && unready == 0
            ? Verdict.Met(VerdictCode.ServiceReady, counts)
            : Verdict.Pending(VerdictCode.ServiceNotReady, counts);
    }

    /// <summary>True where the slice is the service's.</summary>
    public static bool Belongs(EndpointSliceState slice, ServiceState service) =>
        slice.ServiceName == service.Name() && slice.Metadata?.Namespace == service.Metadata?.Namespace;

    /// <summary>Counts each endpoint once, in however many slices it stands. Where they differ (one address family is ahead of the other,
    /// or the endpoint moves
    /// from slice to slice) the worst counts: not ready, then terminating, then ready.</summary>
    private static (int Ready, int Unready, int Terminating) Count(IEnumerable<EndpointSliceState> slices)
    {
        var (ready, terminating, unready) = (
            new HashSet<string>(StringComparer.Ordinal),
            new HashSet<string>(StringComparer.Ordinal),
            new HashSet<string>(StringComparer.Ordinal)
        );
        foreach (var endpoint in slices.SelectMany(slice => slice.Endpoints ?? []).OfType<Endpoint>())
        {
            var set = endpoint.Standing switch
            {
                EndpointStanding.Terminating => terminating,
                EndpointStanding.Ready => ready,
                _ => unready,
            };
            set.Add(Identity(endpoint));
        }

        terminating.ExceptWith(unready);
        ready.ExceptWith(unready);
        ready.ExceptWith(terminating);
        return (ready.Count, unready.Count, terminating.Count);
    }

    /// <summary>The pod behind it; for a hand-made endpoint without one, its first address (the API says that consumers use the
    /// first).</summary>
    private static string Identity(Endpoint endpoint) =>
        endpoint.TargetRef is { Name.Length: > 0 } target ? $"{target.Kind}/{target.Namespace}/{target.Name}"
        : endpoint.Addresses is [{ } address, ..] ? address
        : "";
}
