using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts.Tests;

/// <summary>Edits of recorded objects, for the states that no recording shows. Each edits the object and returns it.</summary>
internal static class Derive
{
    /// <summary>Sets a field; missing parents are made. A path is <c>status.conditions.0.type</c>: names, and indexes of lists.</summary>
    public static JsonObject With(this JsonObject item, string path, JsonNode? value)
    {
        var steps = path.Split('.');
        JsonNode parent = item;
        foreach (var step in steps[..^1])
            parent = Child(parent, step) ?? Put(parent, step, new JsonObject())!;
        Put(parent, steps[^1], value);
        return item;
    }

    public static JsonObject Without(this JsonObject item, string path)
    {
        var steps = path.Split('.');
        var parent = steps[..^1].Aggregate((JsonNode?)item, (node, step) => node is null ? null : Child(node, step));
        if (parent is JsonObject fields)
            fields.Remove(steps[^1]);
        else if (parent is JsonArray list)
            list.RemoveAt(int.Parse(steps[^1], CultureInfo.InvariantCulture));
        return item;
    }

    /// <summary>Marks it as being deleted, as a DELETE does while finalizers or a grace period are left.</summary>
    public static JsonObject Deleting(this JsonObject item) => item.With("metadata.deletionTimestamp", "2026-11-20T03:10:00Z");

    public static JsonObject Label(this JsonObject item, string key, string value)
    {
        if (item["metadata"]!["labels"] is null)
            item["metadata"]!["labels"] = new JsonObject();
        item["metadata"]!["labels"]![key] = value;
        return item;
    }

    /// <summary>Replaces the condition of that type, or adds it behind the others.</summary>
    public static JsonObject Condition(this JsonObject item, string type, string status, string? reason = null, string? message = null)
    {
        item.WithoutCondition(type);
        if (item["status"]?["conditions"] is not JsonArray conditions)
        {
            conditions = [];
            item.With("status.conditions", conditions);
        }

        var condition = new JsonObject { ["type"] = type, ["status"] = status };
        if (reason is not null)
            condition["reason"] = reason;
        if (message is not null)
            condition["message"] = message;
        conditions.Add((JsonNode)condition);
        return item;
    }

    public static JsonObject WithoutCondition(this JsonObject item, string type)
    {
        if (
            item["status"]?["conditions"] is JsonArray conditions
            && conditions.FirstOrDefault(condition => (string?)condition?["type"] == type) is { } found
        )
            conditions.Remove(found);
        return item;
    }

    /// <summary>Turns the order of the conditions round.</summary>
    public static JsonObject ConditionsReversed(this JsonObject item)
    {
        var conditions = item["status"]!["conditions"]!.AsArray().Select(condition => condition!.DeepClone()).Reverse().ToArray();
        return item.With("status.conditions", new JsonArray(conditions));
    }

    /// <summary>Makes the object another one: another name and another uid.</summary>
    public static JsonObject Named(this JsonObject item, string name) =>
        item.With("metadata.name", name).With("metadata.uid", $"uid-of-{name}");

    /// <summary>Sets the only owner, as its controller.</summary>
    public static JsonObject OwnedBy(this JsonObject item, string kind) =>
        item.With(
            "metadata.ownerReferences",
            new JsonArray(
                new JsonObject
                {
                    ["kind"] = kind,
                    ["name"] = "owner",
                    ["controller"] = true,
                }
            )
        );

    public static JobState Job(this JsonObject item) => StateReader.Job(item.Bytes());

    public static PodState Pod(this JsonObject item) => StateReader.Pod(item.Bytes());

    public static ServiceState Service(this JsonObject item) => StateReader.Service(item.Bytes());

    public static EndpointSliceState Slice(this JsonObject item) => StateReader.EndpointSlice(item.Bytes());

    public static ObjectState Whole(this JsonObject item) => StateReader.WholeObject(item.Bytes());

    public static byte[] Bytes(this JsonNode item) => Encoding.UTF8.GetBytes(item.ToJsonString());

    /// <summary>Kind and code, as the tables write them: <c>Pending JobRunning</c>.</summary>
    public static string Short(this Verdict verdict) => $"{verdict.Kind} {verdict.Code}";

    /// <summary>The child of that name or index; null where there is none.</summary>
    public static JsonNode? Child(JsonNode parent, string step) =>
        parent switch
        {
            JsonObject fields => fields[step],
            JsonArray list when int.TryParse(step, CultureInfo.InvariantCulture, out var index) && index < list.Count => list[index],
            _ => null,
        };

    /// <summary>What stands at that path; null where nothing does, or where a parent is of another type.</summary>
    public static JsonNode? At(this JsonNode? item, params IEnumerable<string> steps) =>
        steps.Aggregate(item, (node, step) => node is JsonObject or JsonArray ? Child(node, step) : null);

    public static JsonNode? Put(JsonNode parent, string step, JsonNode? value)
    {
        if (parent is JsonArray list)
            list[int.Parse(step, CultureInfo.InvariantCulture)] = value;
        else
            parent[step] = value;
        return value;
    }
}

/// <summary>What was asked, to be varied with <c>with</c>.</summary>
internal static class Asked
{
    public static Expectation Job { get; } = new() { Kind = TargetKind.Job, Named = true };

    public static Expectation Jobs { get; } = new() { Kind = TargetKind.Job, Named = false };

    public static Expectation Pod { get; } = new() { Kind = TargetKind.Pod, Named = true };

    public static Expectation Pods { get; } = new() { Kind = TargetKind.Pod, Named = false };

    public static Expectation Service { get; } = new() { Kind = TargetKind.Service, Named = true };

    public static Expectation Services { get; } = new() { Kind = TargetKind.Service, Named = false };

    public static Expectation Label(this Expectation expected, string key, string value) =>
        expected with
        {
            Labels = [.. expected.Labels, new(key, value)],
        };

    public static Expectation Image(this Expectation expected, string image) => expected with { Images = [.. expected.Images, image] };
}
