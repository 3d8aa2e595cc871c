using WaitFor.Kubernetes;
using WaitFor.Kubernetes.Discovery;
using WaitFor.Verdicts;
using WaitFor.Verdicts.Conditions;
using WaitFor.Verdicts.Objects;
using WaitFor.Verdicts.State;
using WaitFor.Watching;

namespace WaitFor.Kinds;

/// <summary>A kind that the program does not know: the server says what it is. Judged by the conditions that many controllers
/// set.</summary>
/// <param name="text">The kind as it was written.</param>
/// <param name="asked">The same, read.</param>
internal sealed class GenericKind(string text, ResourceWord asked)
    : ObjectKind(text, asked.Name.ToLowerInvariant(), asked.Group ?? "", GenericRules.Judge)
{
    private readonly string _text = text;
    private readonly Lock _lock = new();
    private volatile ApiResource? _found;
    private Task<ResourceLookup>? _asking;

    public GenericKind(string text)
        : this(text, ResourceWord.Parse(text)) { }

    /// <summary>What the server is asked for.</summary>
    public ResourceWord Asked => asked;

    /// <summary>What the server has said; null while it has no such kind, or was not asked.</summary>
    public ApiResource? Found
    {
        get => _found;
        set => _found = value;
    }

    public override string ReadyWhen => "its condition Ready is True";

    public override string FailsWhen => "its condition Stalled is True";

    public override bool IsKnown => false;

    public override bool IsServed => _found is not null;

    public override string Name => _found?.Kind ?? asked.Name;

    public override string Resource => _found?.Plural ?? base.Resource;

    public override string Group => _found?.Group ?? base.Group;

    public override string Version => _found?.Version ?? base.Version;

    public override bool Namespaced => _found?.Namespaced ?? true;

    /// <summary>A known kind in another version, or under another group, keeps its meaning.</summary>
    public override Verdict Judge(Target target, ObjectState state) =>
        KnownKinds.All.FirstOrDefault(kind => kind.Name == Name && kind.Group == Group) is ObjectKind known ? known.Judge(target, state)
        : PresentKind.Includes(Name, Group) ? GenericRules.Exists(state)
        : base.Judge(target, state);

    public override Follower Follow(Target target, ApiServer api, TimeProvider time, Random random) =>
        new GenericFollower(target, this, api, time, random);

    public override Follower FollowWanted(Target target, Wanted wanted, ApiServer api, TimeProvider time, Random random) =>
        new GenericFollower(target, this, api, time, random);

    /// <summary>Asks the server what the kind is, unless it is known; those who ask at the same time share one look.</summary>
    public Task<ResourceLookup> AskAsync(ResourceFinder finder, CancellationToken cancel)
    {
        lock (_lock)
            return _asking is null || (_asking.IsCompleted && _found is null) ? _asking = LookAsync() : _asking;

        async Task<ResourceLookup> LookAsync()
        {
            var lookup = await finder.FindAsync(asked, cancel);
            if (lookup is ResourceLookup.Found { Resource: { Watchable: true } resource })
                _found = resource;
            return lookup;
        }
    }

    /// <summary>Why what the server says about the kind ends the gate, as somebody has to write it otherwise; null where it does
    /// not.</summary>
    /// <param name="lookup">What the server says.</param>
    /// <param name="target">The target.</param>
    public string? Problem(ResourceLookup lookup, Target target) =>
        lookup switch
        {
            ResourceLookup.Ambiguous several =>
                $"\"{target}\": the API server has {string.Join(" and ", several.Names)}; write one of them instead of {_text}",
            ResourceLookup.Unknown unknown => Unknown(unknown, target),
            ResourceLookup.Found { Resource.Watchable: false } found =>
                $"\"{target}\": {found.Resource.FullName} cannot be listed and watched, so it cannot be a target",
            _ => null,
        };

    private string Unknown(ResourceLookup.Unknown unknown, Target target)
    {
        var all = target is { Name: null, Selector: null, FieldSelector: null };
        var word = all ? _text : target.AskedNamespace is { } asked ? $"{asked}/{_text}/{target.Name}" : target.ToString();
        var near = Process.Similar.Nearest(_text, KnownKinds.All.Select(kind => kind.Word).Concat(unknown.Names));
        return (all ? $"\"{_text}\" is no kind" : $"unknown kind \"{_text}\" in \"{word}\"")
            + ": the API server has none of that name; "
            + (
                near is not null ? $"write {near}"
                : target is { AskedNamespace: { } kind, Name: { } name } && KnownKinds.Find(kind) is not null
                    ? $"if {name} is the namespace, write {name}/{kind}/{_text}"
                : all ? $"write KIND/NAME, such as job/{_text}"
                : "correct it; if it is installed later, write it with its group, such as databases.example.com"
            );
    }
}
