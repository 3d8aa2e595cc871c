using WaitFor.Report.Hints;

namespace WaitFor.Tests.Report;

/// <summary>All tables of hints together.</summary>
public sealed class HintRulesTests
{
    private static readonly HintRow[] Rows =
    [
        .. PodHintTests.Table,
        .. PodStartHintTests.Table,
        .. JobHintTests.Table,
        .. MissingHintTests.Table,
        .. ServiceHintTests.Table,
        .. ObjectHintTests.Table,
        .. NoHintTests.Table,
    ];

    [Fact]
    public void Every_rule_has_a_row() =>
        Assert.Empty(HintRules.Table.Select(rule => rule.Name).Except(Rows.SelectMany(row => row.Expected).Select(hint => hint.Rule)));

    [Fact]
    public void No_two_rules_have_the_same_name() => Assert.Distinct(HintRules.Table.Select(rule => rule.Name));

    /// <summary>The rules of released versions, in their order. Machines go by the names: a new rule may stand between them.</summary>
    private static readonly string[] Released =
    [
        "PermissionMissing",
        "NetworkNotReady",
        "ServerUnreachable",
        "WatchMissing",
        "Evicted",
        "OutOfMemory",
        "ContainerFailed",
        "ImagePull",
        "ConfigMissing",
        "VolumeNotMounted",
        "ContainerCannotStart",
        "NoSandbox",
        "Unschedulable",
        "NodeLost",
        "Suspended",
        "PodsRefused",
        "DeadlineExceeded",
        "PodsGone",
        "BackOff",
        "EarlierTryFailed",
        "RolloutPaused",
        "ReplicasRefused",
        "ProgressDeadline",
        "ClaimNotBound",
        "NamespaceHeld",
        "NamesTaken",
        "NotReady",
        "ControllerSilent",
        "NoConditionReady",
        "HelmHookDeadlock",
        "Stale",
        "BeingDeleted",
        "RemovedAfterCompletion",
        "DeletedBeforeEnd",
        "KindMissing",
        "NotInstalled",
        "NamespaceMissing",
        "OtherNamespace",
        "SimilarName",
        "SelectorMatchesNothing",
        "PerhapsHelmHook",
        "PerhapsRemovedByTtl",
        "ServiceWithoutPods",
        "ServiceWithoutSlices",
        "PodsWithoutAddress",
        "ProbeFails",
        "KeptAlive",
        "StillRunning",
    ];

    [Fact]
    public void Rules_are_never_renamed_and_keep_their_order() =>
        Assert.Equal(Released, HintRules.Table.Select(rule => rule.Name).Where(name => Released.Contains(name, StringComparer.Ordinal)));

    [Fact]
    public void A_fact_is_a_clause_and_an_action_is_one_sentence_in_the_imperative()
    {
        string[] verbs =
        [
            "Add",
            "Apply",
            "Bring",
            "Check",
            "Correct",
            "Create",
            "Find",
            "Fix",
            "Get",
            "Give",
            "Let",
            "Load",
            "Look",
            "Make",
            "Name",
            "Push",
            "Raise",
            "Resume",
            "Roll",
            "Set",
            "Start",
            "Wait",
            "Write",
        ];

        Assert.All(Rows.SelectMany(row => row.Expected), hint =>
        {
            Assert.Contains(hint.Action.Split(' ')[0], verbs);
            Assert.DoesNotContain(". ", hint.Action, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', hint.Fact + hint.Action);
        });
    }
}
