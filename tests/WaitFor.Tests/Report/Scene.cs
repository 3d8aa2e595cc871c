using System.Text.Json.Nodes;
using WaitFor.CommandLine;
using WaitFor.Kinds;
using WaitFor.Kubernetes;
using WaitFor.Report;
using WaitFor.Verdicts;
using WaitFor.Verdicts.Objects;
using WaitFor.Verdicts.State;
using WaitFor.Verdicts.Tests;
using WaitFor.Watching;
using WaitFor.Watching.Ladder;

namespace WaitFor.Tests.Report;

/// <summary>What stands in a cluster when a gate ends, without a server: the verdict is the rules' own, the rest is as a collection would
/// have found it.</summary>
internal sealed record Scene(string Words)
{
    /// <summary>When the recordings were made, a little later.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 20, 3, 30, 0, TimeSpan.Zero);

    public string? Namespace { get; init; } = "shop";

    /// <summary>True: it is one of several namespaces.</summary>
    public bool ShowNamespace { get; init; }

    public IReadOnlyList<JsonObject> Jobs { get; init; } = [];

    public IReadOnlyList<JsonObject> Pods { get; init; } = [];

    public IReadOnlyList<JsonObject> Services { get; init; } = [];

    public IReadOnlyList<JsonObject> Slices { get; init; } = [];

    /// <summary>Of another kind, the target's.</summary>
    public IReadOnlyList<JsonObject> Objects { get; init; } = [];

    public IReadOnlyList<JsonObject> Events { get; init; } = [];

    public IReadOnlyList<JsonObject> Neighbours { get; init; } = [];

    public IReadOnlyList<string> Elsewhere { get; init; } = [];

    public IReadOnlyList<string> Namespaces { get; init; } = [];

    public IReadOnlyList<string> Log { get; init; } = [];

    /// <summary>True: that log is of the run before the last restart.</summary>
    public bool LogPrevious { get; init; }

    public bool? MadeByHelm { get; init; } = false;

    /// <summary>The Job as the gate saw it before it was deleted.</summary>
    public JsonObject? DeletedJob { get; init; }

    public ApiFault? Fault { get; init; }

    /// <summary>The permissions that are missing for the best way to follow.</summary>
    public IReadOnlyList<Shortfall> Shortfalls { get; init; } = [];

    /// <summary>False: nothing was ever read.</summary>
    public bool Synced { get; init; } = true;

    public bool PodsRead { get; init; } = true;

    /// <summary>The objects at the end of a recording.</summary>
    public static Scene Of(string scenario, string words = "job/migrate") =>
        new(words)
        {
            Namespace = $"rec-{scenario}",
            Jobs = Recording.EndItems(scenario, "jobs"),
            Pods = Recording.EndItems(scenario, "pods"),
            Services = Recording.EndItems(scenario, "services"),
            Slices = Recording.EndItems(scenario, "endpointslices"),
            Events = Recording.EndItems(scenario, "events"),
        };

    /// <summary>The same with one pod changed.</summary>
    public Scene Pod(Func<JsonObject, JsonObject> change) => this with { Pods = [change(Pods[0]), .. Pods.Skip(1)] };

    /// <summary>The same with the Job changed.</summary>
    public Scene Job(Func<JsonObject, JsonObject> change) => this with { Jobs = [change(Jobs[0])] };

    /// <summary>The same with one more event, the newest of all, about the first pod or the Job.</summary>
    public Scene Event(string reason, string message, string kind = "Pod", string at = "03:29:00")
    {
        var about = (kind == "Pod" ? Pods[0] : kind == "Job" ? Jobs[0] : Objects[0])["metadata"]!;
        return this with
        {
            Events =
            [
                .. Events,
                new JsonObject
                {
                    ["metadata"] = new JsonObject { ["name"] = $"{reason}.1", ["namespace"] = Namespace },
                    ["involvedObject"] = new JsonObject
                    {
                        ["kind"] = kind,
                        ["name"] = about["name"]!.DeepClone(),
                        ["uid"] = about["uid"]!.DeepClone(),
                    },
                    ["type"] = "Warning",
                    ["reason"] = reason,
                    ["message"] = message,
                    ["lastTimestamp"] = $"2026-11-20T{at}Z",
                },
            ],
        };
    }

    public TargetEnd End()
    {
        var target = new GateCommand(Words.Split('|'), _ => null).Read().Targets[0] with
        {
            Namespace = Namespace,
            ShowNamespace = ShowNamespace,
        };
        var last = new LastState
        {
            Jobs = target.Expected.Kind == TargetKind.Job ? [.. Jobs.Select(item => item.Job())] : [],
            Pods = target.Expected.Kind == TargetKind.Pod ? [.. Pods.Select(item => item.Pod())] : [],
            Services = [.. Services.Select(item => item.Service())],
            Slices = [.. Slices.Select(item => item.Slice())],
            Objects = [.. Objects.Select(item => StateReader.WholeObject(item.Bytes()))],
            DeletedJob = DeletedJob?.Job(),
        };
        var verdict = Synced ? Judge(target, last) : Verdict.NotKnownYet;
        return new TargetEnd(target, Fault is null ? verdict : verdict.Unconfirmed(), Fault, last) { Shortfalls = Shortfalls };
    }

    public TargetFacts Facts()
    {
        var end = End();
        // As the collection: what cannot be read of the target is not looked for around it.
        if (Fault is not null || !Synced)
            return new TargetFacts(end);
        return new TargetFacts(end)
        {
            Pods =
            [
                .. PodFacts.Choose([.. Pods.Select(item => item.Pod())], end.Target.Expected.Kind == TargetKind.Job, Now).Select(WithLog),
            ],
            PodCount = PodsRead ? Pods.Count : null,
            Events = [.. Events.Select(item => StateReader.Event(item.Bytes())).OrderByDescending(item => Moment.Of(item.LastSeen))],
            Neighbours = [.. Neighbours.Select(item => StateReader.AnyKind(item.Bytes()).Metadata!)],
            Elsewhere = Elsewhere,
            Namespaces = Namespaces,
            MadeByHelm = MadeByHelm,
        };
    }

    private PodFacts WithLog(PodFacts pod)
    {
        if (Log.Count > 0)
            (pod.Log, pod.LogContainer, pod.LogPrevious) = (Log, pod.State.Status?.ContainerStatuses?[0]?.Name, LogPrevious);
        return pod;
    }

    /// <summary>The whole end of a gate that waited for these.</summary>
    public static Diagnosis Diagnose(string outcome, params IReadOnlyList<Scene> scenes) => Diagnose(outcome, [], scenes);

    /// <summary>As above, with what could not be read.</summary>
    public static Diagnosis Diagnose(string outcome, IReadOnlyList<Gap> gaps, IReadOnlyList<Scene> scenes)
    {
        var ends = scenes.Select(scene => scene.End()).ToList();
        int? exitCode = outcome switch
        {
            "met" => 0,
            "failed" => 1,
            "denied" => 3,
            "missing" => 4,
            "timed-out" => 124,
            _ => null,
        };
        var denial = ends.FirstOrDefault(end => end.Fault is not null);
        var message =
            denial is not null && outcome == "denied"
                ? StopText.Of(denial.Target, Collections.Of(denial.Target), denial.Fault!).Message
                : $"the gate's own words: {outcome}";
        var result = new GateResult(exitCode, outcome, message, ends, TimeSpan.FromSeconds(200))
        {
            Roles = StopText.RolesFor(denial?.Fault, [.. ends.Select(end => end.Target)]),
        };
        return new Diagnosis(
            result,
            new Facts
            {
                Now = Now,
                Targets = [.. scenes.Select(scene => scene.Facts())],
                Gaps = gaps,
            }
        );
    }

    private static Verdict Judge(Target target, LastState last) =>
        (target.Expected.Kind, target.Expected.Named) switch
        {
            (TargetKind.Job, true) => JobRules.Named(target.Expected, First(last.Jobs), FinishedJobs.None),
            (TargetKind.Job, false) => JobRules.Set(target.Expected, last.Jobs, FinishedJobs.None),
            (TargetKind.Pod, true) => PodRules.Named(target.Expected, First(last.Pods)),
            (TargetKind.Pod, false) => PodRules.Set(target.Expected, last.Pods),
            (TargetKind.Other, true) => ObjectRules.Named(target.Expected, First(last.Objects), Rule(target)),
            (TargetKind.Other, false) => ObjectRules.Set(target.Expected, last.Objects, Rule(target)),
            (_, true) => ServiceRules.Named(target.Expected, First(last.Services), last.Slices),
            _ => ServiceRules.Set(target.Expected, last.Services, last.Slices),
        };

    private static Func<ObjectState, Verdict> Rule(Target target) => state => ((ObjectKind)target.Kind).Judge(target, state);

    private static T? First<T>(IReadOnlyList<T> states)
        where T : class => states is [var first, ..] ? first : null;
}
