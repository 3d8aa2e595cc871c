using WaitFor.Kubernetes;
using WaitFor.Verdicts;
using WaitFor.Verdicts.State;
using WaitFor.Watching;

namespace WaitFor.Report;

/// <summary>Reads what a person will want to know after a gate has ended shut: in parallel, within 5 s in all, as much as the service
/// account can read.
/// What cannot be read is reported, and changes nothing else.</summary>
internal sealed class Collector(ApiServer api, TimeProvider time, string? home, string? ownPod = null)
{
    /// <summary>The longest time that the collection takes.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private const int ObjectsShown = 3;
    private const int LogLines = 20;
    private const int LongestLogLine = 300;

    private readonly Lock _lock = new();
    private readonly List<Gap> _gaps = [];
    private CancellationToken _interrupted;

    /// <summary>Collects.</summary>
    /// <param name="targets">All targets; only those that are not met are looked at.</param>
    /// <param name="interrupted">Ends it at once, with what there is.</param>
    public async Task<Facts> CollectAsync(IReadOnlyList<TargetEnd> targets, CancellationToken interrupted)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(interrupted, limit.Token);
        _interrupted = interrupted;
        var facts = targets.Select(target => new TargetFacts(target)).ToList();
        await Task.WhenAll(facts.Where(one => one.Verdict.Kind != VerdictKind.Met).Select(one => TryLookAtAsync(one, end.Token)));
        lock (_lock)
        {
            // They come in the order of the answers: two reports of one cause shall be the same.
            return new Facts
            {
                Now = time.GetUtcNow(),
                Targets = facts,
                Gaps =
                [
                    .. _gaps
                        .DistinctBy(gap => $"{gap.What}|{gap.Permission}", StringComparer.Ordinal)
                        .OrderBy(gap => gap.What, StringComparer.Ordinal),
                ],
            };
        }
    }

    private async Task TryLookAtAsync(TargetFacts facts, CancellationToken cancel)
    {
        try
        {
            await LookAtAsync(facts, cancel);
        }
        catch (Exception surprise)
        {
            // The verdict stands: an error of ours in what is only told about it must not hide it.
            Miss(
                new Gap(
                    $"more about {Diagnosis.NameOf(facts.Target)}",
                    Permission: null,
                    $"an error in wait-for itself, please report it: {ApiFault.OneLine(surprise.ToString())}"
                )
            );
        }
    }

    private Task LookAtAsync(TargetFacts facts, CancellationToken cancel) =>
        // What cannot be read of the target itself would be refused, or fail, in the same way for its parts.
        facts.Fault is not null || facts.Verdict.Code == VerdictCode.NotKnownYet ? Task.CompletedTask
        : facts.Missing ? (facts.Target.Kind.IsServed ? LookAroundAsync(facts, cancel) : Task.CompletedTask)
        : facts.Target.Wanted is not null ? LookAtObjectsAsync(facts, cancel)
        : facts.Target.Kind.LookAsync(this, facts, cancel);

    /// <summary>Jobs, their pods and events.</summary>
    internal async Task LookAtJobsAsync(TargetFacts facts, CancellationToken cancel)
    {
        var jobs = NotMet(facts, facts.Jobs);
        facts.Jobs = jobs;
        var events = Task.WhenAll(jobs.Select(job => EventsAsync(job, cancel)));
        var pods = await Task.WhenAll(jobs.Select(job => ReadAsync(Collections.PodsOf(job), StateReader.Pod, cancel)));
        await LookAtPodsAsync(facts, pods, events, cancel);
    }

    /// <summary>Services, the pods behind them, and events.</summary>
    internal async Task LookAtServicesAsync(TargetFacts facts, CancellationToken cancel)
    {
        var services = NotMet(facts, facts.Services);
        facts.Services = services;
        var events = Task.WhenAll(services.Select(service => EventsAsync(service, cancel)));
        var pods = await Task.WhenAll(
            services.Select(async service =>
                service.Spec?.Selector is { Count: > 0 } labels
                    ? await ReadAsync(Collections.Pods(service.Metadata?.Namespace, labels), StateReader.Pod, cancel)
                    : null
            )
        );
        await LookAtPodsAsync(facts, pods, events, cancel);
    }

    /// <summary>Objects of other kinds, the pods of their newest revision, and events.</summary>
    internal async Task LookAtObjectsAsync(TargetFacts facts, CancellationToken cancel)
    {
        var kind = facts.Target.Kind;
        var objects = NotMet(facts, facts.Objects);
        facts.Objects = objects;
        var events = Task.WhenAll(objects.Select(item => EventsAsync(item, cancel)));
        if (objects.All(item => kind.Pods(item) is null))
        {
            facts.Events = Newest([.. (await events).SelectMany(one => one)]);
            return;
        }

        var pods = await Task.WhenAll(
            objects.Select(async item =>
                kind.Pods(item) is { } own && await ReadAsync(own, StateReader.Pod, cancel) is { } all
                    ? all.Where(pod => kind.IsNewest(item, pod, all)).ToList()
                    : null
            )
        );
        await LookAtPodsAsync(facts, pods, events, cancel);
    }

    /// <param name="facts">Takes what is found.</param>
    /// <param name="pods">The pods of each object; null where they could not be read.</param>
    /// <param name="events">The events of the objects, which may still be under way.</param>
    /// <param name="cancel">Ends it.</param>
    private Task LookAtPodsAsync(
        TargetFacts facts,
        IReadOnlyList<PodState>?[] pods,
        Task<IReadOnlyList<EventState>[]> events,
        CancellationToken cancel
    )
    {
        facts.PodCount = pods.Any(one => one is null) ? null : pods.Sum(one => one!.Count);
        return LookAtPodsAsync(facts, [.. pods.SelectMany(one => one ?? [])], events, cancel);
    }

    /// <summary>The pods that were followed.</summary>
    internal Task LookAtKnownPodsAsync(TargetFacts facts, CancellationToken cancel)
    {
        facts.PodCount = facts.KnownPods.Count;
        return LookAtPodsAsync(facts, facts.KnownPods, Task.FromResult<IReadOnlyList<EventState>[]>([]), cancel);
    }

    /// <summary>The pods that say most, with their events and the ends of their logs.</summary>
    private async Task LookAtPodsAsync(
        TargetFacts facts,
        IReadOnlyList<PodState> pods,
        Task<IReadOnlyList<EventState>[]> events,
        CancellationToken cancel
    )
    {
        facts.Pods = PodFacts.Choose(pods, facts.Target.Kind.RunsToCompletion, time.GetUtcNow());
        var more = await Task.WhenAll(
            facts.Pods.Select(async pod =>
            {
                var ofPod = EventsAsync(pod.State, cancel);
                await ReadLogAsync(pod, cancel);
                return await ofPod;
            })
        );
        facts.Events = Newest([.. (await events).Concat(more).SelectMany(one => one)]);
    }

    /// <summary>What stands where the target does not: its neighbours, its name in other namespaces, the events that it left
    /// behind.</summary>
    private async Task LookAroundAsync(TargetFacts facts, CancellationToken cancel)
    {
        var target = facts.Target;
        var all = Collections.Of(target) with { Name = null, LabelSelector = null };
        var neighbours = ReadAsync(all, StateReader.AnyKind, cancel);
        var elsewhere = target.Name is null || !target.Kind.Namespaced
            ? Task.FromResult<IReadOnlyList<string>>([])
            : ElsewhereAsync(target, cancel);
        var namespaces = NamespacesAsync(target, cancel);
        var events = target.Name is null
            ? Task.FromResult<IReadOnlyList<EventState>>([])
            : EventsAsync(Rights.EventsOf(target), $"involvedObject.kind={target.Kind.Name},involvedObject.name={target.Name}", cancel);
        var helm =
            target.Kind.RunsToCompletion && target.Namespace == home && ownPod is not null
                ? new OwnPod(api, home!, ownPod).IsMadeByHelmAsync(cancel)
                : Task.FromResult<bool?>(false);

        facts.Neighbours = [.. (await neighbours ?? []).Select(item => item.Metadata!)];
        facts.Elsewhere = await elsewhere;
        facts.Namespaces = await namespaces;
        facts.Events = Newest(await events);
        facts.MadeByHelm = await helm;
    }

    /// <summary>What namespaces there are, where the target's own does not exist.</summary>
    private async Task<IReadOnlyList<string>> NamespacesAsync(Target target, CancellationToken cancel)
    {
        var all = new Collection
        {
            Group = "",
            Version = "v1",
            Resource = "namespaces",
            Kind = "Namespace",
        };
        if (
            target.Namespace is null
            || await ReadAsync(all with { Name = target.Namespace }, StateReader.AnyKind, cancel, optional: true) is not { Count: 0 }
        )
            return [];
        return [.. (await ReadAsync(all, StateReader.AnyKind, cancel, optional: true) ?? []).Select(item => item.Metadata!.Name!)];
    }

    /// <summary>Other namespaces with this name: of all, where that is allowed; else the pod's own.</summary>
    private async Task<IReadOnlyList<string>> ElsewhereAsync(Target target, CancellationToken cancel)
    {
        var named = Collections.Of(target);
        var found = await ReadAsync(named with { Namespace = null }, StateReader.AnyKind, cancel, optional: true);
        if (found is null && home is not null && home != target.Namespace)
            // The default namespace of a kubeconfig is nobody's own: no Role could be told for it.
            found = await ReadAsync(named with { Namespace = home }, StateReader.AnyKind, cancel, optional: ownPod is null);
        return [.. (found ?? []).Select(item => item.Metadata?.Namespace).OfType<string>().Where(name => name != target.Namespace)];
    }

    private Task<IReadOnlyList<EventState>> EventsAsync(IObjectState about, CancellationToken cancel) =>
        about.Metadata?.Uid is { Length: > 0 } uid
            ? EventsAsync(about.Metadata.Namespace ?? "default", $"involvedObject.uid={uid}", cancel)
            : Task.FromResult<IReadOnlyList<EventState>>([]);

    private async Task<IReadOnlyList<EventState>> EventsAsync(string? @namespace, string fieldSelector, CancellationToken cancel) =>
        await ReadAsync(
            new Collection
            {
                Group = "",
                Version = "v1",
                Resource = "events",
                Kind = "Event",
                Namespace = @namespace,
                FieldSelector = fieldSelector,
            },
            StateReader.Event,
            cancel
        ) ?? [];

    /// <summary>The log of the container that says most: one that failed, else one that runs.</summary>
    private async Task ReadLogAsync(PodFacts pod, CancellationToken cancel)
    {
        var failed = pod.Failures.Select(failure => failure.Container).FirstOrDefault();
        // Without a node there is nobody to ask.
        if (
            pod.State.Spec?.NodeName is null
            || (failed ?? pod.ByWeight.FirstOrDefault(container => container.State?.Running is not null))
                is not { Name: { } name } container
        )
            return;
        // Of a container that was started again the run before it is the telling one.
        var previous = failed is not null && container.State?.Terminated is null;
        var @namespace = pod.State.Metadata?.Namespace ?? "";
        var (text, fault) = await InTimeAsync(api.LogAsync(@namespace, pod.Name, name, previous, LogLines, cancel), cancel);
        if (fault is { Kind: FaultKind.Forbidden })
            Miss(new Gap($"logs of pods in namespace {@namespace}", $"get pods/log in namespace {@namespace}", fault.Message));
        else if (fault is not null)
            Miss(new Gap($"the log of pod {pod.Name}", Permission: null, fault.Message));
        (pod.LogContainer, pod.LogPrevious) = (name, previous);
        pod.Log =
        [
            .. (text ?? "")
                .Split('\n')
                .Select(line => Layout.Cut(ApiFault.OneLine(line).Trim(), LongestLogLine))
                .Where(line => line.Length > 0)
                .TakeLast(LogLines),
        ];
    }

    /// <summary>The first page of a collection; null where it cannot be read.</summary>
    /// <param name="collection">What to read.</param>
    /// <param name="read">Reads one object.</param>
    /// <param name="cancel">Ends it.</param>
    /// <param name="optional">True: it is not reported when it cannot be read.</param>
    private async Task<IReadOnlyList<T>?> ReadAsync<T>(
        Collection collection,
        Func<ReadOnlySpan<byte>, T> read,
        CancellationToken cancel,
        bool optional = false
    )
        where T : class
    {
        var what = collection.Resource + (collection.Namespace is { } name ? $" in namespace {name}" : "");
        var (page, fault) = await InTimeAsync(api.ListAsync(collection, continueToken: null, cancel), cancel);
        if (page is not null)
        {
            try
            {
                return [.. page.Items.Select(raw => read(raw.Span))];
            }
            catch (System.Text.Json.JsonException exception)
            {
                fault = new ApiFault(FaultKind.Malformed, ApiFault.OneLine(exception.Message));
            }
        }

        if (!optional)
            Miss(new Gap(what, fault!.Kind == FaultKind.Forbidden ? $"list {what}" : null, fault.Message));
        return null;
    }

    /// <summary>That time is over is a fault like the others: what else was read is kept.</summary>
    private async Task<(T? Value, ApiFault? Fault)> InTimeAsync<T>(Task<(T? Value, ApiFault? Fault)> call, CancellationToken cancel)
        where T : class
    {
        try
        {
            return await call;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return (
                null,
                new ApiFault(
                    FaultKind.Stalled,
                    _interrupted.IsCancellationRequested ? "interrupted" : $"not read within {Words.Duration(Limit)}"
                )
            );
        }
    }

    private void Miss(Gap gap)
    {
        lock (_lock)
            _gaps.Add(gap);
    }

    /// <summary>Of a set, the objects that are not met, failed ones first; a named one is all there is.</summary>
    private static IReadOnlyList<T> NotMet<T>(TargetFacts facts, IReadOnlyList<T> states)
        where T : class, IObjectState
    {
        if (facts.Target.Name is not null)
            return states;
        var order = facts
            .Verdict.Objects.Where(item => item.Verdict.Kind != VerdictKind.Met)
            .OrderBy(item => item.Verdict.Kind == VerdictKind.Failed ? 0 : 1)
            .Select(item =>
                states.FirstOrDefault(state =>
                    item.Name == state.Metadata?.Name || item.Name == $"{state.Metadata?.Namespace}/{state.Metadata?.Name}"
                )
            );
        var found = order.OfType<T>().Take(ObjectsShown).ToList();
        // Stale ones are left out of a set's verdict; they are what there is to show then.
        return found.Count > 0 ? found : [.. states.Take(ObjectsShown)];
    }

    /// <summary>Times are whole seconds. Events are listed by their names, which end with the nanosecond: of one second, the last one is
    /// the newest.</summary>
    private static List<EventState> Newest(IReadOnlyList<EventState> events) =>
        [.. events.Reverse().OrderByDescending(item => Moment.Of(item.LastSeen))];
}
