using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace WaitFor.Verdicts.State;

/// <summary>Reads an object's JSON into the state that verdicts are made of.
/// A field of the wrong type, or an object without a name, is refused: what cannot be read is never judged.</summary>
public static class StateReader
{
    /// <summary>Reads a Job.</summary>
    /// <exception cref="JsonException">The JSON is not a Job: broken, a field of the wrong type, another kind, or no name.</exception>
    public static JobState Job(ReadOnlySpan<byte> json) => Read(json, StateJson.Default.JobState);

    /// <summary>Reads a Pod.</summary>
    /// <exception cref="JsonException">As with <see cref="Job"/>.</exception>
    public static PodState Pod(ReadOnlySpan<byte> json) => Read(json, StateJson.Default.PodState);

    /// <summary>Reads a Service.</summary>
    /// <exception cref="JsonException">As with <see cref="Job"/>.</exception>
    public static ServiceState Service(ReadOnlySpan<byte> json) => Read(json, StateJson.Default.ServiceState);

    /// <summary>Reads an EndpointSlice.</summary>
    /// <exception cref="JsonException">As with <see cref="Job"/>.</exception>
    public static EndpointSliceState EndpointSlice(ReadOnlySpan<byte> json) => Read(json, StateJson.Default.EndpointSliceState);

    /// <summary>Reads a v1 Endpoints object as a slice of the Service that has its name.</summary>
    /// <exception cref="JsonException">As with <see cref="Job"/>.</exception>
    public static EndpointSliceState Endpoints(ReadOnlySpan<byte> json)
    {
        var endpoints = JsonSerializer.Deserialize(json, StateJson.Default.EndpointsState) ?? throw new JsonException("the object is null");
        return Named(endpoints.AsSlice());
    }

    private static T Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
        where T : class, IObjectState =>
        Named(JsonSerializer.Deserialize(json, type) ?? throw new JsonException("the object is null"));

    private static T Named<T>(T state)
        where T : IObjectState =>
        state.Metadata is { Name.Length: > 0 } ? state : throw new JsonException("the object has no metadata.name");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(JobState))]
[JsonSerializable(typeof(PodState))]
[JsonSerializable(typeof(ServiceState))]
[JsonSerializable(typeof(EndpointSliceState))]
[JsonSerializable(typeof(EndpointsState))]
internal sealed partial class StateJson : JsonSerializerContext;
